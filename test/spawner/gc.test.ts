import { beforeEach, describe, expect, test } from 'vitest'
import { DockerError } from '../../src/docker/errors.ts'
import { createService, listServices } from '../../src/docker/services.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { clearLeftovers, findLeftovers, removeLeftover } from '../../src/spawner/gc.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import {
  answerJson,
  HUB_API_TOKEN,
  type HubApiServer,
  startHubApi,
} from '../support/hub-api-server.ts'
import { startServer } from '../support/start-server.ts'

const HOUR = 3_600_000
const signal = new AbortController().signal

let transport: EngineTransport
let spawner: Spawner
/** The same, three hours later. */
let later: Spawner
beforeEach(() => {
  ;({ transport } = createEmbeddedEngine({ speed: 20 }))
  spawner = createSpawner(transport)
  later = createSpawner(transport, { now: () => Date.now() + 3 * HOUR })
})

const survey = (asked: Spawner, hubApi?: HubApiServer, hub = 'default') =>
  findLeftovers(asked, {
    hub,
    hubApi: hubApi && { url: hubApi.url, token: HUB_API_TOKEN, fetch },
    olderThanMs: HOUR,
    signal,
  })
const users = ({ leftovers }: Awaited<ReturnType<typeof survey>>) =>
  leftovers.map(({ username, server_name }) => [username, server_name].join('/'))
const names = async () => (await listServices(spawner.docker)).map(({ Spec }) => Spec.Name).sort()

describe('compared with a hub', () => {
  test('compared with a hub, gc finds what the hub does not have any more, and nothing else', async () => {
    await startServer(spawner, { username: 'alice' })
    await startServer(spawner, { username: 'alice', server_name: 'lab' })
    await startServer(spawner, { username: 'bob' })
    await startServer(spawner, { username: 'bob', hub: 'other', service_prefix: 'other' })
    const hub = await startHubApi({ users: { alice: [''], bob: [] } })
    const found = await survey(later, hub)
    expect(users(found)).toEqual(expect.arrayContaining(['alice/lab', 'bob/']))
    expect(found).toMatchObject({ services: 3, isCompared: true, doubt: undefined })
    expect(found.leftovers).toHaveLength(2)
    expect(users(await survey(spawner, hub))).toEqual([])
  })

  test('a server that starts while we look is not found: the services are read before the hub', async () => {
    await startServer(spawner, { username: 'alice' })
    const hub = await startHubApi({ users: { alice: [] } })
    const looking = createSpawner(
      async (request) => {
        const answer = await transport(request)
        // From here on the hub has it; a list of the hub that was read before would not.
        if (request.path.includes('/services?')) hub.users['alice'] = ['']
        return answer
      },
      { now: () => Date.now() + 3 * HOUR },
    )
    expect(users(await survey(looking, hub))).toEqual([])
  })

  test('a user whom the pages skip, since another was deleted between them, is asked for alone', async () => {
    await startServer(spawner, { username: 'carol' })
    const hub = await startHubApi({
      users: { alice: [], bob: [], carol: [''], dave: [] },
      pageSize: 2,
      instead: (path) => {
        if (path.includes('offset=2')) delete hub.users['alice']
        return false
      },
    })
    expect(users(await survey(later, hub))).toEqual([])
    expect(hub.asked).toContain('/users/carol')
  })

  test('a hub that knows none of the users is doubted', async () => {
    await startServer(spawner, { username: 'alice' })
    const hub = await startHubApi({ users: { zoe: [''] } })
    const { leftovers, doubt } = await survey(later, hub)
    expect(leftovers).toHaveLength(1)
    expect(doubt).toContain('is it another hub')
    expect(await survey(spawner, hub)).toMatchObject({ leftovers: [], doubt: undefined })
  })

  test.each([
    ['a token that shows some users', { scopes: ['list:users!group=a', 'read:servers'] }],
    ['half of the pages', { pageSize: 1 }],
    ['a user who can not be asked for', { pageSize: 200 }],
  ])('compared with %s, gc finds nothing', async (_, more) => {
    await startServer(spawner, { username: 'bob' })
    const instead: HubApiServer['instead'] = (path, response) =>
      (path.includes('offset=1') || path === '/users/bob') && answerJson(response, 500, {})
    const hub = await startHubApi({ users: { alice: [], bob: [] }, instead, ...more })
    await expect(survey(later, hub)).rejects.toThrow(/lacks list:users|cannot answer now/)
  })
})

describe('without a hub to ask', () => {
  test('without a hub to ask, gc finds what has ended long ago, and not what runs', async () => {
    await startServer(spawner, { username: 'alice' })
    // Not waited for: on a busy machine the start would see the end, and remove the server.
    await startServer(spawner, { username: 'bob', image: 'demo/dies-later:1' }, false)
    const found = () => survey(later)
    await expect.poll(async () => users(await found())).toEqual(['bob/'])
    expect((await found()).leftovers[0]?.why).toBe('ended 3 hours ago: task: non-zero exit (1)')
    expect(await found()).toMatchObject({ services: 2, isCompared: false })
    expect(users(await survey(spawner))).toEqual([])
  })
})

test('a foreign service is never found, even one that carries copied labels', async () => {
  const { service_name: name } = await startServer(spawner, { username: 'alice' })
  const [original] = await listServices(spawner.docker)
  const Labels = original?.Spec.Labels ?? {}
  expect(Object.keys(Labels)).toContain('org.swarmspawner.hub')
  const TaskTemplate = { ContainerSpec: { Image: 'demo/crash-at-start:1' } }
  await createService(spawner.docker, { spec: { Name: 'copy', Labels, TaskTemplate } })
  await createService(spawner.docker, { spec: { Name: 'plain', TaskTemplate } })
  const found = await survey(later, await startHubApi({ users: { alice: [] } }))
  expect(found.leftovers.map(({ service_name }) => service_name)).toEqual([name])
  await expect.poll(async () => users(await survey(later))).toEqual([])
})

describe('what was left behind', () => {
  const outcomes = async (doubt: string | undefined, isRemoving: boolean) => {
    await startServer(spawner, { username: 'alice' })
    await startServer(spawner, { username: 'bob' })
    const found = await survey(later, await startHubApi({ users: { alice: [], bob: [] } }))
    const cleared = clearLeftovers(spawner, { ...found, doubt }, { isRemoving, signal })
    const seen: string[] = []
    for await (const { username, outcome } of cleared) seen.push(`${username} ${outcome}`)
    return seen.sort()
  }

  test('is removed where that is asked for', async () => {
    expect(await outcomes(undefined, true)).toEqual(['alice removed', 'bob removed'])
    expect(await names()).toEqual([])
  })

  test.each([
    [undefined, false],
    ['the hub has no user at all', true],
  ])('is listed alone, with the doubt %j and removing %j', async (doubt, isRemoving) => {
    expect(await outcomes(doubt, isRemoving)).toEqual(['alice listed', 'bob listed'])
    expect(await names()).toHaveLength(2)
  })
})

describe('a leftover', () => {
  const left = async () => {
    await startServer(spawner, { username: 'alice' })
    const hub = await startHubApi({ users: { alice: [] } })
    const [leftover] = (await survey(later, hub)).leftovers
    if (!leftover) throw new Error('nothing was left')
    return leftover
  }

  test('a leftover is removed once, and gone for whoever comes second', async () => {
    const leftover = await left()
    expect(await removeLeftover(spawner, leftover, signal)).toEqual({ outcome: 'removed' })
    expect(await removeLeftover(spawner, leftover, signal)).toEqual({ outcome: 'gone' })
    expect(await names()).toEqual([])
  })

  test('a leftover whose server was started anew meanwhile is gone, and the new service stays', async () => {
    const leftover = await left()
    await removeLeftover(spawner, leftover, signal)
    const again = await startServer(spawner, { username: 'alice' })
    expect(again.service_name).toBe(leftover.service_name)
    expect(await removeLeftover(spawner, leftover, signal)).toEqual({ outcome: 'gone' })
    expect(await names()).toEqual([leftover.service_name])
  })

  test('a leftover that the Engine does not remove says why', async () => {
    const leftover = await left()
    const away = createSpawner(() => {
      throw new DockerError('no_leader', 'The swarm does not have a leader')
    })
    expect(await removeLeftover(away, leftover, signal)).toEqual({
      outcome: 'failed',
      reason: 'The swarm does not have a leader',
    })
    expect(await names()).toHaveLength(1)
  })
})
