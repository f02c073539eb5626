import { beforeEach, describe, expect, test } from 'vitest'
import type { LogEntry } from '../../../handlers/every-call/log.ts'
import { maintain, maintainRepeatedly } from '../../../handlers/maintain.ts'
import { changeNode, type NodeSpec } from '../../../src/docker/change-node.ts'
import { DockerError } from '../../../src/docker/errors.ts'
import { listNodes } from '../../../src/docker/nodes.ts'
import { listServices } from '../../../src/docker/services.ts'
import type { EngineTransport } from '../../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import type { Act } from '../../../src/spawner/audit.ts'
import { announceMaintenance, endMaintenance } from '../../../src/spawner/maintenance/announce.ts'
import { poll } from '../../../src/spawner/poll.ts'
import { createSpawner, type Spawner } from '../../../src/spawner/spawner.ts'
import type { ServerState } from '../../../src/spawner/state/server-state.ts'
import { type StartedServer, startServer } from '../../support/start-server.ts'

const { signal } = new AbortController()
const HOUR = 3_600_000
const server = { username: 'alice', server_name: '' }

let skipped: number
let now: () => number
let transport: EngineTransport
let asked: string[]
let acts: Act[]
let logged: LogEntry[]
let spawner: Spawner
beforeEach(() => {
  skipped = 0
  now = () => Date.now() + skipped
  const engine = createEmbeddedEngine({ nodes: 2, speed: 50, now })
  asked = []
  acts = []
  logged = []
  transport = (request) => {
    asked.push(`${request.method} ${request.path.replace(/^\/v[\d.]+|\?.*$/g, '')}`)
    return engine.transport(request)
  }
  spawner = createSpawner(transport, { now, audit: (act) => void acts.push(act) })
})

const nodes = () => listNodes(spawner.docker)
const idOf = async (name: string) =>
  (await nodes()).find(({ Description }) => Description.Hostname === name)?.ID ?? ''
const specOf = async (name: string) => {
  const id = await idOf(name)
  return (await nodes()).find(({ ID }) => ID === id)?.Spec
}
const pollOf = async (own = spawner) => (await poll(own, { hub: 'default', servers: [server] }))[0]
const announce = async (name: string, inMs = HOUR, message = 'New disks') => {
  const at = new Date(now() + inMs).toISOString()
  await announceMaintenance(spawner, { nodeId: await idOf(name), at, message, signal })
  return { at, message }
}
const undo = async (name: string) => endMaintenance(spawner, { nodeId: await idOf(name), signal })
const look = (own = spawner) =>
  maintain({ spawner: own, log: (entry) => void logged.push(entry), signal })
const setSpec = async (name: string, more: Partial<NodeSpec>) =>
  changeNode(spawner.docker, { id: await idOf(name), change: (spec) => ({ ...spec, ...more }) })
const running = async () => (await startServer(spawner, server)).task?.node ?? ''
/** A start that no node can take. The clock jumps over the 4 s for which such a start waits. */
const startInVain = async (data: StartedServer) => {
  asked.length = 0
  const starting = startServer(spawner, data)
  await expect.poll(() => asked).toContain('POST /services/create')
  await expect
    .poll(() => asked.slice(asked.indexOf('POST /services/create')))
    .toContain('GET /tasks')
  skipped += 4000
  return starting
}
const otherOf = async (name: string) =>
  (await nodes()).map(({ Description }) => Description.Hostname).find((one) => one !== name) ?? ''

describe('before its time', () => {
  test('a node in maintenance gets no new servers, and those that run there go on', async () => {
    const node = await running()
    await announce(node)
    for (const username of ['bob', 'carol', 'dave'])
      expect((await startServer(spawner, { username })).task?.node).toBe(await otherOf(node))
    expect(await pollOf()).toMatchObject({ state: 'running', task: { node } })
  })

  test('a poll tells when the node is stopped and why, until the maintenance is taken back', async () => {
    const node = await running()
    const before = await pollOf()
    const told = await announce(node)
    await look()
    const state = await pollOf()
    expect(state).toMatchObject({ state: 'running', status: null, maintenance: told })
    expect(state?.cursor).not.toBe(before?.cursor)
    await undo(node)
    await look()
    expect(await pollOf()).toEqual(before)
  })

  test('a server that starts on the node after the maintenance was taken back is told nothing of it', async () => {
    const node = await running()
    await announce(node)
    await look()
    expect(await pollOf()).toHaveProperty('maintenance')
    await undo(node)
    await announce(await otherOf(node))
    const bob = await startServer(spawner, { username: 'bob' })
    expect(bob).toMatchObject({ state: 'running', task: { node } })
    expect(bob).not.toHaveProperty('maintenance')
    const servers = [{ username: 'bob', server_name: '' }]
    expect((await poll(spawner, { hub: 'default', servers }))[0]).not.toHaveProperty('maintenance')
  })

  test('a copy that knows nothing yet tells it in its first poll; servers of other nodes are told nothing', async () => {
    const node = await running()
    const told = await announce(node)
    expect(await pollOf(createSpawner(transport, { now }))).toMatchObject({ maintenance: told })
    await undo(node)
    await announce(await otherOf(node))
    expect(await pollOf(createSpawner(transport, { now }))).not.toHaveProperty('maintenance')
  })

  test('neither a start nor a poll makes a call more for it', async () => {
    const node = await running()
    const callsOf = async (work: () => Promise<unknown>) => {
      asked.length = 0
      await work()
      return asked.filter((call) => !call.startsWith('GET /tasks')).sort()
    }
    const start = () => startServer(spawner, { username: 'bob' })
    const [polled, started] = [await callsOf(pollOf), await callsOf(start)]
    await announce(await otherOf(node))
    await look()
    expect(await callsOf(pollOf)).toEqual(polled)
    expect(started.filter((call) => call === 'GET /nodes').length).toBeLessThanOrEqual(1)
  })

  test('a look before the time changes nothing, and is one call', async () => {
    await announce('embedded-2')
    asked.length = 0
    await look()
    expect(asked).toEqual(['GET /nodes'])
    expect(logged).toEqual([])
    expect(await specOf('embedded-2')).toMatchObject({ Availability: 'pause' })
  })
})

describe('when its time has come', () => {
  test('the node is drained, and the poll says why its servers have stopped', async () => {
    const node = await running()
    await announce(node)
    skipped += HOUR
    await look()
    expect(await specOf(node)).toMatchObject({ Availability: 'drain' })
    await expect.poll(async () => (await pollOf())?.status ?? null).toBeNull()
    let state = await pollOf()
    await expect
      .poll(
        async () => {
          const next = await pollOf()
          if (next?.state !== 'absent') state = next
          return next?.state
        },
        { timeout: 5000 },
      )
      .toBe('absent')
    expect(state).toMatchObject({
      state: 'failed',
      reason: `Node ${node} is in maintenance: New disks`,
      user_message: expect.stringMatching(
        /^Your administrator has stopped this computer for maintenance: New disks\. /,
      ),
    })
    expect(await listServices(spawner.docker)).toEqual([])
  })

  test('several copies drain it once; it is told in the log and in the audit log', async () => {
    await announce('embedded-2')
    skipped += HOUR
    await Promise.all([look(), look(), look()])
    const outcomes = logged.map(({ outcome }) => outcome)
    expect(outcomes.filter((one) => one === 'drained')).toHaveLength(1)
    expect(outcomes).not.toContain('failed')
    expect(logged).toContainEqual({
      level: 'info',
      message: 'maintenance',
      node: 'embedded-2',
      outcome: 'drained',
      reason: 'New disks',
    })
    expect(acts.filter(({ outcome }) => outcome === 'drained')).toEqual([
      { act: 'drain', node: 'embedded-2', outcome: 'drained', reason: 'New disks' },
    ])
  })

  test('without a time ahead it is drained at once', async () => {
    await announce('embedded-2', 0)
    expect(await specOf('embedded-2')).toMatchObject({ Availability: 'drain' })
  })

  test('a node that somebody has made active by hand is left alone', async () => {
    const node = await running()
    await announce(node)
    await setSpec(node, { Availability: 'active' })
    skipped += HOUR
    await look()
    expect(await specOf(node)).toMatchObject({ Availability: 'active' })
    expect(await pollOf()).toMatchObject({ state: 'running' })
    expect(await pollOf()).not.toHaveProperty('maintenance')
  })

  test('a look after the labels were ended by hand removes them: a later pause, for whatever reason, is none of ours', async () => {
    await setSpec('embedded-2', { Labels: { disk: 'ssd' } })
    await announce('embedded-2')
    await setSpec('embedded-2', { Availability: 'active' })
    await Promise.all([look(), look()])
    expect(await specOf('embedded-2')).toMatchObject({
      Availability: 'active',
      Labels: { disk: 'ssd' },
    })
    expect(logged.filter(({ outcome }) => outcome === 'ended')).toEqual([
      {
        level: 'info',
        message: 'maintenance',
        node: 'embedded-2',
        outcome: 'ended',
        reason: '',
      },
    ])
    expect(acts.map(({ outcome }) => outcome)).toEqual(['announced', 'ended'])
    await setSpec('embedded-2', { Availability: 'pause' })
    skipped += 2 * HOUR
    await look()
    expect(await specOf('embedded-2')).toMatchObject({ Availability: 'pause' })
  })

  test('a look that is interrupted before its change, or whose change fails, is made up for by the next', async () => {
    await announce('embedded-2')
    skipped += HOUR
    const failing = createSpawner(
      (request) =>
        request.method === 'POST'
          ? Promise.reject(new DockerError('connection_lost', 'gone'))
          : transport(request),
      { now },
    )
    await look(failing)
    expect(logged).toMatchObject([{ level: 'error', outcome: 'failed', detail: 'gone' }])
    expect(await specOf('embedded-2')).toMatchObject({ Availability: 'pause' })
    await look()
    expect(await specOf('embedded-2')).toMatchObject({ Availability: 'drain' })
    expect(await undo('embedded-2')).toBe(true)
    expect(await specOf('embedded-2')).toMatchObject({ Availability: 'active' })
  })

  test('a node that leaves the swarm at this moment is gone, which is no error', async () => {
    await announce('embedded-2')
    skipped += HOUR
    const raced = createSpawner(
      (request) =>
        /\/nodes\/\w+$/.test(request.path)
          ? transport({ ...request, path: request.path.replace(/\w+$/, 'left') })
          : transport(request),
      { now },
    )
    await look(raced)
    expect(logged).toMatchObject([{ level: 'info', node: 'embedded-2', outcome: 'gone' }])
  })

  test('the service looks as soon as it runs, and again when the next time has come', async () => {
    await announce('embedded', HOUR)
    skipped += 2 * HOUR
    await announce('embedded-2', 500)
    const stopped = new AbortController()
    const log = (entry: LogEntry) => void logged.push(entry)
    const looking = maintainRepeatedly({ spawner, log, signal: stopped.signal })
    const drains = () => logged.map(({ node }) => node)
    await expect.poll(drains, { timeout: 30_000 }).toEqual(['embedded', 'embedded-2'])
    stopped.abort()
    await looking
  }, 40_000)

  test('an Engine that is away is a line in the log', async () => {
    await look(createSpawner(() => Promise.reject(new DockerError('unreachable', 'no Engine'))))
    expect(logged).toEqual([
      {
        level: 'error',
        message: 'maintenance failed',
        code: 'engine_unreachable',
        detail: 'no Engine',
      },
    ])
  })
})

describe('taken back', () => {
  test.each(['active', 'pause', 'drain'] as const)(
    'a node that was %s before is so again, with its own labels',
    async (Availability) => {
      await setSpec('embedded-2', { Availability, Labels: { disk: 'ssd' } })
      const before = await specOf('embedded-2')
      await announce('embedded-2')
      await announce('embedded-2', 2 * HOUR, 'Later')
      skipped += 3 * HOUR
      await look()
      expect(await specOf('embedded-2')).toMatchObject({ Availability: 'drain' })
      expect(await undo('embedded-2')).toBe(true)
      expect(await specOf('embedded-2')).toEqual(before)
      expect(await undo('embedded-2')).toBe(false)
      expect(await specOf('embedded-2')).toEqual(before)
    },
  )

  test('what others change of the node at the same moment stays', async () => {
    const id = await idOf('embedded-2')
    let isFirst = true
    const raced = createSpawner(async (request) => {
      if (request.method === 'POST' && isFirst) {
        isFirst = false
        await setSpec('embedded-2', { Labels: { rack: 'b' } })
      }
      return transport(request)
    })
    await announceMaintenance(raced, {
      nodeId: id,
      at: '2099-01-01T00:00:00Z',
      message: '',
      signal,
    })
    expect((await specOf('embedded-2'))?.Labels).toEqual({
      rack: 'b',
      'org.swarmspawner.maintenance-at': '2099-01-01T00:00:00Z',
    })
  })
})

describe('all nodes', () => {
  test('a start says that the computers are in maintenance, and what the administrator wrote', async () => {
    for (const name of ['embedded', 'embedded-2']) await announce(name, HOUR, 'No power until 5!')
    const state = await startInVain(server)
    expect(state).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(
        /^no suitable node \(.*\); node embedded is in maintenance: No power until 5!$/,
      ),
      user_message:
        'The computers that could run your server are in maintenance: No power until 5! Please try again when that is over, or tell your administrator.',
    })
  }, 15_000)
})

describe('a node that Docker drains while somebody works', () => {
  const drainByHand = (name: string) => setSpec(name, { Availability: 'drain' })
  const endOf = async () => {
    const seen: ServerState[] = []
    const next = async () => {
      const state = await pollOf()
      if (state) seen.push(state)
      return state?.state
    }
    await expect.poll(next, { timeout: 10_000 }).toBe('absent')
    return seen
  }

  test('a poll says so in the words of a student while it stops, and when it has ended', async () => {
    const node = await running()
    await drainByHand(node)
    const seen = await endOf()
    expect(seen.map(({ reason }) => reason)).toContain(`Node ${node} was drained`)
    for (const { user_message = '' } of seen.filter(({ state }) => state !== 'absent'))
      expect(user_message).toMatch(/^The computer that ran your server is taken out of service\. /)
  })

  test('the next start goes elsewhere; if no other node can run it, it says so and is refused', async () => {
    const node = await running()
    const other = await otherOf(node)
    await drainByHand(node)
    await endOf()
    expect((await startServer(spawner, server)).task?.node).toBe(other)
    const bound = { placement: { constraints: [`node.hostname==${node}`] } }
    const state = await startInVain({ username: 'bob', config: bound })
    expect(state).toMatchObject({
      state: 'failed',
      reason: `no suitable node (1 node not available for new tasks; scheduling constraints not satisfied on 1 node); node ${node} is drained`,
      advice: expect.stringContaining('docker node update --availability active'),
      user_message:
        'The computers that could run your server are out of service. Please try again when that is over, or tell your administrator.',
    })
  }, 20_000)
})

test('a message that was written into the label by hand cannot control a terminal or be without end', async () => {
  const node = await running()
  await announce(node)
  const Labels = {
    'org.swarmspawner.maintenance-at': '2099-01-01T00:00:00Z',
    'org.swarmspawner.maintenance-message': `\u001b[2J\u202e${'x'.repeat(10_000)}`,
  }
  await setSpec(node, { Labels })
  await look()
  const { message = '' } = (await pollOf())?.maintenance ?? {}
  expect(message).toMatch(/^\ufffd\[2J\ufffdx+$/)
  expect(message).toHaveLength(200)
})
