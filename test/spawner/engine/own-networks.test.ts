import { beforeEach, describe, expect, test } from 'vitest'
import { connectDocker } from '../../../src/docker/docker.ts'
import { DockerError } from '../../../src/docker/errors.ts'
import { createOwnNetworks } from '../../../src/spawner/engine/own-networks.ts'

const ID = '4f'.repeat(32)
const OTHER = 'b7'.repeat(32)

/** An Engine with these answers by path, and what it was asked. */
const engineOf = (answers: Record<string, { status: number; json: unknown }>) => {
  const asked: string[] = []
  const docker = connectDocker(async ({ path }) => {
    if (path === '/_ping') return answerOf(200, 'OK')
    const [name = ''] = path.replace(/^\/v[\d.]+/, '').split('?')
    asked.push(name)
    const answer = answers[name] ?? { status: 404, json: { message: 'No such container' } }
    return answerOf(answer.status, JSON.stringify(answer.json))
  })
  return { docker, asked }
}

const answerOf = (status: number, body: string) => ({
  status,
  header: (name: string) => (name === 'api-version' ? '1.41' : undefined),
  body: (async function* () {
    yield Buffer.from(body)
  })(),
})

const inspected = (Id: string, networks: Record<string, string>, NetworkMode = 'control') => ({
  status: 200,
  json: {
    Id,
    HostConfig: { NetworkMode },
    NetworkSettings: {
      Networks: Object.fromEntries(
        Object.entries(networks).map(([name, NetworkID]) => [name, { NetworkID }]),
      ),
    },
  },
})
const task = (ContainerID: string) => ({
  Status: { ContainerStatus: { ContainerID } },
  NetworksAttachments: [{ Network: { ID: 'id-1', Spec: { Name: 'control' } } }],
})

const container = (...ids: string[]) => ({ ids, interfaces: () => interfaces })
let interfaces = 'eth0'
beforeEach(() => {
  interfaces = 'eth0'
})
const CONTROL = { ids: new Map([['control', 'id-1']]) }
const path = (id: string) => `/containers/${id}/json`

describe('the networks that the service is in', () => {
  test('the networks that the service is in are asked for once, also by starts at the same moment', async () => {
    const { docker, asked } = engineOf({ [path(ID)]: inspected(ID, { control: 'id-1' }) })
    const own = createOwnNetworks(docker, container(ID))
    expect(await Promise.all([own(), own()])).toEqual([CONTROL, CONTROL])
    await own()
    expect(asked).toEqual([path(ID)])
  })

  test('the networks that the service is in are asked for again if an interface came or went', async () => {
    const { docker, asked } = engineOf({ [path(ID)]: inspected(ID, { control: 'id-1' }) })
    const own = createOwnNetworks(docker, container(ID))
    await own()
    interfaces = 'eth0 eth1'
    await own()
    expect(asked).toHaveLength(2)
  })

  test('the networks that the service is in are none outside of containers, and nobody is asked', async () => {
    const { docker, asked } = engineOf({})
    for (const outside of [undefined, container()])
      expect(await createOwnNetworks(docker, outside)()).toEqual({ ids: new Map() })
    expect(asked).toEqual([])
  })

  test('the networks that the service is in are those of the container whose network it shares', async () => {
    const { docker } = engineOf({
      [path(ID)]: inspected(ID, {}, `container:${OTHER}`),
      [path(OTHER)]: inspected(OTHER, { control: 'id-1' }),
    })
    expect(await createOwnNetworks(docker, container(ID))()).toEqual(CONTROL)
  })

  test('the networks that the service is in are not those of a container that is only named like the id', async () => {
    const { docker } = engineOf({ [path('4f4f4f4f4f4f')]: inspected(OTHER, { theirs: 'id-2' }) })
    const own = createOwnNetworks(docker, container('4f4f4f4f4f4f'))
    expect(await own()).toMatchObject({ whyUnknown: expect.stringContaining('/tasks') })
  })

  test('the networks that the service is in are those of its task if the Engine is of another node', async () => {
    const tasks = { status: 200, json: [task(OTHER), { Status: {} }, task(ID)] }
    const { docker, asked } = engineOf({ '/tasks': tasks })
    expect(await createOwnNetworks(docker, container('x', ID))()).toEqual(CONTROL)
    expect(asked).toEqual([path('x'), path(ID), '/tasks', '/tasks'])
  })

  test('the networks that the service is in are none if no Engine of the swarm has the container', async () => {
    const { docker } = engineOf({ '/tasks': { status: 200, json: [task(OTHER)] } })
    expect(await createOwnNetworks(docker, container(ID))()).toEqual({ ids: new Map() })
  })
})

describe('an Engine that does not tell', () => {
  test.each([
    ['refuses', { status: 403, json: { message: 'Forbidden' } }],
    ['fails', { status: 500, json: { message: 'boom' } }],
    ['answers something else', { status: 200, json: { Id: 7 } }],
  ])(
    'an Engine that %s leaves the networks unknown, and it is asked again a minute later',
    async (_, answer) => {
      let now = 0
      const { docker, asked } = engineOf({ [path(ID)]: answer })
      const own = createOwnNetworks(docker, container(ID), () => now)
      expect(await own()).toEqual({ whyUnknown: expect.any(String) })
      now = 59_000
      await own()
      expect(asked).toHaveLength(1)
      now = 60_000
      await own()
      expect(asked).toHaveLength(2)
    },
  )

  test('an Engine that is out of reach fails the start, and nothing is remembered', async () => {
    let isAway = true
    const { docker, asked } = engineOf({ [path(ID)]: inspected(ID, { control: 'id-1' }) })
    const away = connectDocker((request) =>
      isAway ? Promise.reject(new DockerError('unreachable', 'away')) : docker.transport(request),
    )
    const own = createOwnNetworks(away, container(ID))
    await expect(own()).rejects.toThrow('away')
    isAway = false
    expect(await own()).toEqual(CONTROL)
    expect(asked).toHaveLength(1)
  })
})
