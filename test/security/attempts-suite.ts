import * as v from 'valibot'
import { afterAll, beforeAll, describe, type ExpectStatic, expect, test } from 'vitest'
import { DockerConfig } from '../../src/docker/docker-config.node.ts'
import { registryAuth } from '../../src/docker/registry-auth.node.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../src/spawner/policy/rules.ts'
import type { World } from '../live/world.ts'
import { withAskedImage } from '../support/asked-image.ts'
import { ask, createTestService, refused, type TestService } from '../support/test-hub.ts'
import { type Attempt, type Control, type Family, MALLORY } from './attempt.ts'
import { FAMILIES } from './attempts.ts'

const Service = v.object({
  ID: v.string(),
  Spec: v.looseObject({ Name: v.string(), TaskTemplate: v.looseObject({}) }),
})

/** Where the service has logged in, as the docker CLI keeps it. */
const LOGINS = v.parse(DockerConfig, {
  auths: {
    'https://registry.example.org': { auth: btoa('u:p') },
    'https://index.docker.io/v1/': { auth: btoa('u:p') },
  },
})

/** The data of a start in which somebody tries something, or does what they may. */
export const startOf = ({
  config = {},
  options,
  start = {},
}: Pick<Attempt, 'config' | 'options' | 'start'>) => {
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
    ...start,
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
    const opened = await open()
    const spawner = {
      ...opened.spawner,
      registryAuth: (image: string) => registryAuth(LOGINS, image),
    }
    world = { ...opened, spawner, service: createTestService(spawner) }
  }, 120_000)
  afterAll(() => world?.close())

  const services = async () =>
    v.parse(v.array(Service), (await world.engine('GET', '/services')).json)

  /** The service as the family's attempts meet it: with a policy file, with several hubs, or without either. */
  const serviceOf = ({ policy, hubs }: Pick<Family, 'policy' | 'hubs'>): TestService => {
    if (policy === undefined && hubs === undefined) return world.service
    const file = v.parse(PolicyFile, policy ?? {})
    return createTestService({ ...world.spawner, policy: completePolicy(file, hubs) })
  }

  const isRefused = async (attempt: Attempt, service = world.service) => {
    const problem = await refused(service, 'start', startOf(attempt))
    const { status, retryable, code, issues, detail } = problem
    expect({ status, retryable, code }).toEqual({
      status: 422,
      retryable: false,
      code: attempt.code ?? 'not_allowed',
    })
    const named = code === 'invalid_name' ? [detail] : issues.map(({ path }) => path)
    expect(named).toContainEqual(expect.stringContaining(attempt.at))
    expect(await services()).toEqual([])
  }

  let servers = 0
  /** Cases of this kind run side by side, each with a server of its own: a stop waits for a container. */
  const runs = async (
    expect: ExpectStatic,
    { effect, ...control }: Control,
    service = world.service,
  ) => {
    const server = { username: MALLORY, server_name: `harmless-${servers++}` }
    const state = await ask(service, 'start', { ...startOf(control), server })
    expect(state).toMatchObject({ state: 'running', reason: null })
    const { json } = await world.engine('GET', `/services/${state.service_id}`)
    expect(withAskedImage(v.parse(Service, json).Spec).TaskTemplate).toMatchObject(effect)
    await ask(service, 'stop', { server })
    const names = (await services()).map(({ Spec }) => Spec.Name)
    expect(names).not.toContain(state.service_name)
  }

  const Networks = v.array(v.object({ Name: v.string(), Id: v.string() }))
  const networkId = async (name: string): Promise<string> => {
    const networks = v.parse(Networks, (await world.engine('GET', '/networks')).json)
    return networks.find(({ Name }) => Name === name)?.Id ?? 'none'
  }

  // The Engine joins `host` for the first letters of its id.
  test.each([64, 12, 3])(
    "the hub may not join the node's network by %d letters of its id",
    async (count) => {
      const id = (await networkId('host')).slice(0, count)
      await isRefused({ name: '', at: 'networks.0', config: { networks: [id] } })
    },
  )

  test.each([64, 12])(
    'the hub may not join one network twice, by its name and by %d letters of its id',
    async (count) => {
      const id = (await networkId('jupyterhub')).slice(0, count)
      const twice = { name: '', at: 'networks.1', config: { networks: ['jupyterhub', id] } }
      await isRefused({ ...twice, code: 'invalid_config' })
      const nested = { container_spec: { networks: [id, 'jupyterhub'] } }
      await isRefused({ ...twice, config: { ...nested, networks: null }, code: 'invalid_config' })
    },
  )

  const createSecret = async (Name: string, kind = 'secrets'): Promise<string> => {
    const body = { Name, Data: btoa('x') }
    const { json } = await world.engine('POST', `/${kind}/create`, body)
    return v.parse(v.object({ ID: v.string() }), json).ID
  }
  const withConfig = (ConfigID: string, ConfigName: string) => {
    const File = { Name: 'x', UID: '0', GID: '0', Mode: 0o400 }
    return { container_spec: { configs: [{ ConfigID, ConfigName, File }] } }
  }
  const withSecret = (SecretID: string, SecretName: string) => {
    const File = { Name: 'x', UID: '0', GID: '0', Mode: 0o400 }
    return { container_spec: { secrets: [{ SecretID, SecretName, File }] } }
  }

  if (keepsSecrets)
    test("a secret of others may not be mounted under the name of the hub's own", async () => {
      await createSecret('default-tls')
      const other = await createSecret('prod-db')
      const lie = withSecret(other, 'default-tls')
      const problem = await refused(world.service, 'start', startOf({ config: lie }))
      expect(problem).toMatchObject({ status: 422, code: 'engine_bad_request' })
      expect(await services()).toEqual([])
    })

  if (keepsSecrets)
    test("a config of others may not be mounted under the name of the hub's own", async () => {
      await createSecret('default-conf', 'configs')
      const other = await createSecret('prod-conf', 'configs')
      const lie = withConfig(other, 'default-conf')
      const problem = await refused(world.service, 'start', startOf({ config: lie }))
      expect(problem).toMatchObject({ status: 422, code: 'engine_bad_request' })
      expect(await services()).toEqual([])
    })

  if (keepsSecrets)
    test('a secret that is not there is refused by its place, and nothing is made', async () => {
      const config = { container_spec: { secrets: ['default-nosuch'] } }
      const problem = await refused(world.service, 'start', startOf({ config }))
      expect(problem).toMatchObject({
        status: 422,
        code: 'invalid_config',
        issues: [{ path: 'container_spec.secrets.0' }],
      })
      expect(await services()).toEqual([])
    })

  describe.each(FAMILIES)('$family', ({ attempts, ...family }) => {
    test.each(attempts)('an attempt is refused, and nothing is made: $name', (attempt) =>
      isRefused(attempt, serviceOf(family)),
    )
  })

  // After all attempts, which leave no service at all.
  describe('what is harmless runs', () => {
    for (const { family, control, ...more } of FAMILIES)
      if (control) test.concurrent(family, ({ expect }) => runs(expect, control, serviceOf(more)))

    test.concurrent('a network that the hub may join can be joined by its id', async ({
      expect,
    }) => {
      const id = await networkId('jupyterhub')
      await runs(expect, { config: { networks: [id] }, effect: { Networks: [{ Target: id }] } })
    })

    if (keepsSecrets)
      test.concurrent("the hub's own secret and config, by their names alone", async ({
        expect,
      }) => {
        const SecretID = await createSecret('default-named')
        // The names of both begin alike, which is all that the Engine's filter sees.
        await createSecret('default-named-2')
        const ConfigID = await createSecret('default-rc', 'configs')
        const secrets = ['default-named', 'source=default-named-2,target=/run/two,mode=0400']
        await runs(expect, {
          config: { container_spec: { secrets, configs: [{ name: 'default-rc' }] } },
          effect: {
            ContainerSpec: {
              Secrets: [
                { SecretID, SecretName: 'default-named', File: { Name: 'default-named' } },
                { SecretName: 'default-named-2', File: { Name: '/run/two', Mode: 0o400 } },
              ],
              Configs: [{ ConfigID, ConfigName: 'default-rc' }],
            },
          },
        })
      })

    if (keepsSecrets)
      test.concurrent("the hub's own secret can be mounted", async ({ expect }) => {
        const own = await createSecret('default-key')
        const effect = { ContainerSpec: { Secrets: [{ SecretID: own }] } }
        await runs(expect, { config: withSecret(own, 'default-key'), effect })
      })
  })
}
