import * as v from 'valibot'
import { expect, test } from 'vitest'
import { DockerError } from '../../src/docker/errors.ts'
import { listServices } from '../../src/docker/services.ts'
import type { EngineResponse, EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { buildSpec } from '../../src/spawner/build-spec.ts'
import { claim } from '../../src/spawner/claim.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'

const built = buildSpec(
  'default',
  v.parse(StartRequest, {
    server: { username: 'alice' },
    config: { service_image: 'demo/notebook:1', networks: ['jupyterhub'] },
  }),
)

const answer = (status: number, text: string): EngineResponse => ({
  status,
  header: () => undefined,
  body: (async function* () {
    yield new TextEncoder().encode(text)
  })(),
})
const lost = () => Promise.reject(new DockerError('connection_lost', 'cut'))

/** A spawner on an Engine whose first creates go wrong in these ways; `pass` is what should have happened. */
const spawnerWith = (...faults: ((pass: () => Promise<unknown>) => Promise<EngineResponse>)[]) => {
  const { transport } = createEmbeddedEngine()
  let creates = 0
  const faulty: EngineTransport = (request) => {
    if (!request.path.endsWith('/services/create')) return transport(request)
    const fault = faults[creates++]
    return fault ? fault(() => transport(request)) : transport(request)
  }
  return { spawner: createSpawner(faulty), creates: () => creates }
}

const { signal } = new AbortController()
const text = '{"message":"rpc error: code = Unknown desc = something else"}'

test.each([
  ['a reply that is lost', lost],
  ['an error that does not tell', async () => answer(500, text)],
  ['words that nobody can read', async () => answer(201, '<html>')],
])('a service that was made with %s is found, and not made again', async (_, fault) => {
  const { spawner, creates } = spawnerWith((pass) => pass().then(fault))
  const id = await claim(spawner, built, { signal })
  expect((await listServices(spawner.docker)).map(({ ID }) => ID)).toEqual([id])
  expect(creates()).toBe(1)
})

test('a create that was lost on its way is sent again, once', async () => {
  const once = spawnerWith(lost)
  expect(await claim(once.spawner, built, { signal })).toBeTypeOf('string')
  expect(once.creates()).toBe(2)
  const always = spawnerWith(lost, lost)
  await expect(claim(always.spawner, built, { signal })).rejects.toMatchObject({
    code: 'connection_lost',
  })
  expect(always.creates()).toBe(2)
})

test('an error after which nothing was made is the answer', async () => {
  const { spawner, creates } = spawnerWith(async () => answer(500, text))
  await expect(claim(spawner, built, { signal })).rejects.toMatchObject({
    code: 'server_error',
    engineMessage: 'something else',
  })
  expect(creates()).toBe(1)
})
