import { describe, expect, test } from 'vitest'
import { checkHubAddress, checkIpvs, hasIpvs } from '../../cli/doctor-address.ts'
import { connectDocker } from '../../src/docker/docker.ts'
import { writeLabels } from '../../src/spawner/server/labels.ts'
import { SECRETS } from '../support/test-hub.ts'

type Sample = {
  name: string
  mode?: 'vip' | 'dnsrr'
  network?: string
  alias?: string
  env?: string[]
  labels?: Record<string, string>
}

const service = ({ name, mode, network = 'servers-id', alias, env = [], labels }: Sample) => ({
  ID: `id-${name}`,
  Version: { Index: 1 },
  CreatedAt: '',
  UpdatedAt: '',
  Spec: {
    Name: name,
    Labels: labels ?? null,
    TaskTemplate: {
      ContainerSpec: { Image: 'notebook', Env: env },
      Networks: [{ Target: network, ...(alias && { Aliases: [alias] }) }],
    },
    ...(mode && { EndpointSpec: { Mode: mode } }),
  },
})

/** A server of the hub `default`, which was told to call `hub`. */
const server = (hub = 'default') =>
  service({
    name: `jupyter-${hub}`,
    mode: 'dnsrr',
    env: ['JUPYTERHUB_API_TOKEN=canary', 'JUPYTERHUB_API_URL=http://hub:8081/hub/api'],
    labels: writeLabels({
      hub,
      serviceName: 'jupyter-1',
      username: 'alice',
      serverName: '',
      spawnId: 'one',
      issuedAt: 1,
      port: 8888,
      startTimeoutS: 60,
    }),
  })

type Question = { named?: string; isIpvsThere?: boolean; hub?: string }

const checked = (services: readonly unknown[], { named, isIpvsThere, hub }: Question = {}) => {
  const docker = connectDocker(async ({ path }) => ({
    status: 200,
    header: (name) => (name === 'api-version' ? '1.47' : undefined),
    body: (async function* () {
      yield Buffer.from(path === '/_ping' ? 'OK' : JSON.stringify(services))
    })(),
  }))
  const env = { SWARMSPAWNER_SECRET: SECRETS.default, ...(hub && { SWARMSPAWNER_HUB: hub }) }
  return checkHubAddress(env, docker, { named, isIpvsThere })
}

const stackHub = (mode?: 'vip' | 'dnsrr', name = 'jupyterhub_hub', network = 'servers-id') =>
  service({ name, network, alias: 'hub', ...(mode && { mode }) })

describe('the address of the hub', () => {
  test('the address of the hub changes with endpoint mode dnsrr: it says what that costs, and what to do', async () => {
    expect(await checked([stackHub('dnsrr'), server()], { isIpvsThere: true })).toEqual({
      name: 'hub address',
      level: 'warn',
      message:
        'jupyterhub_hub has endpoint mode dnsrr, so it gets another address with each restart: servers with JupyterHub 6.1 ask the old one for up to ten minutes, and show their users error 500',
      advice:
        'Deploy the stack with ENDPOINT_MODE=vip, or docker service update --endpoint-mode vip jupyterhub_hub',
    })
  })

  test('without IPVS the address of the hub has to change, and the advice of doctor is another one', async () => {
    expect(await checked([stackHub('dnsrr'), server()], { isIpvsThere: false })).toMatchObject({
      level: 'warn',
      advice: expect.stringContaining('"A kernel without IPVS" in docs/deploy.md'),
    })
  })

  test.each(['vip', undefined] as const)(
    'the address of the hub stays with endpoint mode %s',
    async (mode) => {
      const hub = stackHub(mode)
      for (const isIpvsThere of [true, undefined])
        expect(
          await checked([hub, server()], { ...(isIpvsThere && { isIpvsThere }) }),
        ).toMatchObject({
          level: 'ok',
          message: 'jupyterhub_hub keeps its address when it restarts',
        })
    },
  )

  test('a virtual address of the hub leads nowhere if the kernel has no IPVS', async () => {
    expect(await checked([stackHub('vip'), server()], { isIpvsThere: false })).toMatchObject({
      level: 'warn',
      message: 'jupyterhub_hub has a virtual IP, which does not work without IPVS',
      advice: expect.stringContaining('ENDPOINT_MODE=dnsrr'),
    })
  })
})

describe("the hub's service", () => {
  test("the service that our own servers call in their network is the hub's", async () => {
    const elsewhere = stackHub('dnsrr', 'other_hub', 'other-id')
    expect(await checked([elsewhere, stackHub('vip'), server()])).toMatchObject({
      message: expect.stringMatching(/^jupyterhub_hub keeps/),
    })
    expect(await checked([stackHub('vip'), server('another')])).toMatchObject({
      message: "the hub's Swarm service was not found",
    })
  })

  test("the hub's service is found by its full name as well as by its alias", async () => {
    const plain = service({ name: 'hub', mode: 'dnsrr' })
    expect(await checked([plain, server()])).toMatchObject({ level: 'warn' })
  })

  test("before there are servers, the hub's service is that of the stack", async () => {
    const question = { hub: 'jupyterhub' }
    expect(await checked([stackHub('dnsrr')], question)).toMatchObject({ level: 'warn' })
    expect(await checked([stackHub('vip')], question)).toMatchObject({ level: 'ok' })
    expect(await checked([stackHub('vip', 'other_hub')], question)).toMatchObject({
      message: "the hub's Swarm service was not found",
      advice: expect.stringContaining('--hub-service <name>'),
    })
  })

  test("the hub's service is what --hub-service names, or doctor says that there is none", async () => {
    const services = [stackHub('vip'), server(), service({ name: 'mine', mode: 'dnsrr' })]
    expect(await checked(services, { named: 'mine' })).toMatchObject({ level: 'warn' })
    expect(await checked(services, { named: 'hub' })).toMatchObject({ level: 'ok' })
    expect(await checked(services, { named: 'none' })).toMatchObject({
      level: 'warn',
      message: 'no Swarm service has the name or alias none',
    })
  })

  test("nothing of a server's environment is told with the hub's service", async () => {
    const told = await checked([stackHub('dnsrr'), server()])
    expect(JSON.stringify(told)).not.toContain('canary')
  })
})

test('IPVS is there, is not there, or cannot be seen from here', () => {
  expect(checkIpvs(true)).toMatchObject({ level: 'ok' })
  expect(checkIpvs(false)).toMatchObject({
    message: expect.stringContaining('this kernel does not have it'),
  })
  expect(checkIpvs(undefined)).toMatchObject({ message: expect.stringContaining('own machine') })
  expect(hasIpvs({ DOCKER_HOST: 'tcp://manager.example:2375' })).toBeUndefined()
  expect(typeof hasIpvs({ DOCKER_HOST: 'unix:///run/docker.sock' })).toBe('boolean')
})
