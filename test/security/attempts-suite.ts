import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { World } from '../live/world.ts'
import { ask, refused } from '../support/test-hub.ts'
import { type Attempt, type Control, MALLORY } from './attempt.ts'
import { FAMILIES } from './attempts.ts'

const Services = v.array(
  v.object({ ID: v.string(), Spec: v.object({ TaskTemplate: v.looseObject({}) }) }),
)

/** The data of a start in which somebody tries something, or does what they may. */
export const startOf = ({ config = {}, options }: Pick<Attempt, 'config' | 'options'>) => {
  const { container_spec, ...settings } = { container_spec: {}, ...config }
  return {
    server: { username: MALLORY },
    env: { SET_BY_THE_HUB: '1' },
    config: {
      networks: ['jupyterhub'],
      use_user_options: true,
      container_spec: { image: 'scenario/notebook:1', ...asRecord(container_spec) },
      ...settings,
    },
    user_options: options,
  }
}

const asRecord = (value: unknown): object =>
  typeof value === 'object' && value !== null ? value : {}

/** Each attempt is refused by its name and leaves nothing; what is harmless of the same kind runs. */
export const attemptsSuite = (
  open: () => Promise<World>,
  { keepsSecrets }: { keepsSecrets: boolean },
): void => {
  let world: World
  beforeAll(async () => {
    world = await open()
  }, 120_000)
  afterAll(() => world?.close())

  const services = async () => v.parse(Services, (await world.engine('GET', '/services')).json)

  const isRefused = async (attempt: Attempt) => {
    const problem = await refused(world.service, 'start', startOf(attempt))
    const { status, retryable, code, issues } = problem
    expect({ status, retryable, code }).toEqual({
      status: 422,
      retryable: false,
      code: attempt.code ?? 'not_allowed',
    })
    const named = issues.map(({ path }) => path)
    expect(named).toContainEqual(expect.stringContaining(attempt.at))
    expect(await services()).toEqual([])
  }

  const runs = async ({ effect, ...start }: Control) => {
    const state = await ask(world.service, 'start', startOf(start))
    expect(state).toMatchObject({ state: 'running', reason: null })
    const [service] = await services()
    expect(service?.Spec.TaskTemplate).toMatchObject(effect)
    await ask(world.service, 'stop', { server: { username: MALLORY } })
    expect(await services()).toEqual([])
  }

  const Networks = v.array(v.object({ Name: v.string(), Id: v.string() }))
  const networkId = async (name: string): Promise<string> => {
    const networks = v.parse(Networks, (await world.engine('GET', '/networks')).json)
    return networks.find(({ Name }) => Name === name)?.Id ?? 'none'
  }

  // The Engine joins `host` for the first letters of its id.
  test.each([64, 12, 3])(
    "the hub joins the node's network by %d letters of its id",
    async (count) => {
      const id = (await networkId('host')).slice(0, count)
      await isRefused({ name: '', at: 'networks.0', config: { networks: [id] } })
    },
  )

  test('the id of a network that it may join is as good as its name', async () => {
    const id = await networkId('jupyterhub')
    await runs({ config: { networks: [id] }, effect: { Networks: [{ Target: id }] } })
  })

  const createSecret = async (Name: string): Promise<string> => {
    const body = { Name, Data: btoa('x') }
    const { json } = await world.engine('POST', '/secrets/create', body)
    return v.parse(v.object({ ID: v.string() }), json).ID
  }
  const withSecret = (SecretID: string, SecretName: string) => {
    const File = { Name: 'x', UID: '0', GID: '0', Mode: 0o400 }
    return { container_spec: { secrets: [{ SecretID, SecretName, File }] } }
  }

  if (keepsSecrets)
    test("the hub's own secret may be mounted, and no other under its name", async () => {
      const [own, other] = [await createSecret('default-tls'), await createSecret('prod-db')]
      const lie = startOf({ config: withSecret(other, 'default-tls') })
      const problem = await refused(world.service, 'start', lie)
      expect(problem).toMatchObject({ status: 422, code: 'engine_bad_request' })
      expect(await services()).toEqual([])
      const effect = { ContainerSpec: { Secrets: [{ SecretID: own }] } }
      await runs({ config: withSecret(own, 'default-tls'), effect })
    })

  describe.each(FAMILIES)('$family', ({ attempts, control }) => {
    test.each(attempts)('$name: refused, and nothing is made', isRefused)
    if (control) test('what is harmless of it runs', () => runs(control))
  })
}
