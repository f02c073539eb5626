import { HttpResponse, http } from 'msw/http'
import { expect, test } from 'vitest'
import { checkResources } from '../../cli/doctor-resources.ts'
import { setupEngine } from '../support/setup-engine.ts'

const engine = setupEngine()
const gpus = [1, 2].map((n) => ({ NamedResourceSpec: { Kind: 'gpu', Value: `UUID${n}` } }))
const counted = [{ DiscreteResourceSpec: { Kind: 'gpu', Value: 2 } }]

const nodeOf = (
  Hostname: string,
  Role: string,
  EngineVersion: string,
  GenericResources: object[],
) => ({
  ID: Hostname,
  Spec: { Role, Availability: 'active', Labels: {} },
  Description: { Hostname, Engine: { EngineVersion }, Resources: { GenericResources } },
  Status: { State: 'ready' },
})
const checked = (...nodes: object[]) => {
  engine.use(http.get('*/nodes', () => HttpResponse.json(nodes)))
  return checkResources(engine.docker('20.10'))
}

test('resources with names are warned of where a manager is of Engine 20.10', async () => {
  const manager = nodeOf('manager', 'manager', '20.10.24', [])
  expect(await checked(manager, nodeOf('gpu-1', 'worker', '28.5.2', gpus))).toMatchObject({
    level: 'warn',
    message: 'have names on gpu-1',
    advice: expect.stringMatching(/^Managers .*--node-generic-resource gpu=2/),
  })
})

test.each([
  ['counts', [nodeOf('a', 'manager', '20.10.24', counted)]],
  [
    'a newer manager',
    [nodeOf('a', 'manager', '28.5.2', gpus), nodeOf('b', 'worker', '20.10.24', gpus)],
  ],
  ['no resources', [nodeOf('a', 'manager', '20.10.24', [])]],
])('nothing is warned of with %s', async (_, nodes) => {
  expect(await checked(...nodes)).toMatchObject({ level: 'ok' })
})

test('a warning names three nodes at most', async () => {
  const nodes = [1, 2, 3, 4, 5].map((n) => nodeOf(`gpu-${n}`, 'manager', '20.10.24', gpus))
  expect((await checked(...nodes)).message).toBe('have names on gpu-1, gpu-2, gpu-3, …')
})
