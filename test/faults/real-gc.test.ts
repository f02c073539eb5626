// lane: light (it waits for Swarm, and computes a quarter of the time)
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { LogEntry } from '../../handlers/every-call/log.ts'
import { collectGarbage, type GcDeps } from '../../handlers/gc.ts'
import { listServices } from '../../src/docker/services.ts'
import { listTasks } from '../../src/docker/tasks.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { readLabels } from '../../src/spawner/server/labels.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { openRealWorld, type RealWorld } from '../live/real-world.ts'
import { HUB_API_TOKEN, type HubApiServer, startHubApi } from '../support/hub-api-server.ts'
import { type StartedServer, startServer } from '../support/start-server.ts'
import { fault, type Seen, timed } from './fault-row.ts'

const SECTION = 'Clean-up'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const [NOTEBOOK, DIES] = ['scenario/notebook:1', 'scenario/dies-later:1']

let world: RealWorld
/** What a look sees that comes when no start can be under way any more, and two hours later. */
let [later, muchLater]: Spawner[] = []
const transports: ReturnType<typeof nodeTransport>[] = []

beforeAll(async () => {
  world = await openRealWorld('28.5')
  const after = (ms: number) => {
    const transport = nodeTransport({ host: world.dockerd.dockerHost })
    transports.push(transport)
    return createSpawner(transport, { now: () => Date.now() + ms })
  }
  ;[later, muchLater] = [after(20 * MINUTE), after(2 * HOUR)]
}, 180_000)
afterAll(async () => {
  for (const transport of transports) await transport.close()
  await world?.close()
})
afterEach(async () => {
  for (const { ID } of await services()) await world.engine('DELETE', `/services/${ID}`)
})

const services = () => listServices(world.spawner.docker)
const start = (server: StartedServer, isWaiting?: boolean) =>
  startServer(world.spawner, { image: NOTEBOOK, ...server }, isWaiting)

type Look = { action: 'list' | 'remove'; hub?: HubApiServer; spawner?: Spawner | undefined }

/** Looks once, and says what it logged, in words that are the same in each run. */
const look = async ({ action, hub, spawner = later }: Look): Promise<Seen & { logged: string }> => {
  if (!spawner) throw new Error('no world')
  const lines: LogEntry[] = []
  const api = hub && { url: hub.url, token: HUB_API_TOKEN, fetch, timeoutMs: 2000 }
  const gc: GcDeps['gc'] = {
    hubApis: new Map(api && [['default', api]]),
    olderThanMs: HOUR,
    everyMs: undefined,
    action,
  }
  const log = (entry: LogEntry) => void lines.push(entry)
  const signal = new AbortController().signal
  const { seconds } = await timed(() =>
    collectGarbage({ spawner, hubs: ['default'], gc, log, signal }),
  )
  const answer = lines.filter(({ message }) => message !== 'gc').map(inWords)
  const logged = JSON.stringify(lines)
  expect(logged).not.toContain(HUB_API_TOKEN)
  return {
    answer: answer.length > 0 ? answer.join('; ') : 'nothing is left behind',
    seconds,
    left: await left(),
    logged,
  }
}

const inWords = ({ message, outcome, why, code, detail, doubt }: LogEntry): string => {
  if (outcome) return `**${outcome}**: ${why}`
  if (doubt) return `**nothing is removed**: ${doubt}`
  return `**${code}**: ${String(detail ?? message).replace(/^GET \S+: /, '')}`
}

/** Whose services there are, besides those that run on. */
const left = async (): Promise<string> => {
  const whose = (await services()).map(({ Spec }) => {
    const labels = readLabels(Spec.Labels)
    if (labels?.serviceName !== Spec.Name) return `the service "${Spec.Name}"`
    const server = labels.serverName ? ` "${labels.serverName}"` : ''
    return `${labels.username}'s server${server}${labels.hub === 'default' ? '' : ` of the hub "${labels.hub}"`}`
  })
  return whose.length > 0 ? whose.sort().join(', ') : 'nothing'
}

const running = async (): Promise<number> =>
  (await listTasks(world.spawner.docker)).filter(
    ({ Status, DesiredState }) => Status.State === 'running' && DesiredState === 'running',
  ).length

fault(SECTION, 'the hub has lost a server that runs', { withinS: 5 }, async () => {
  await start({ username: 'ada' })
  await start({ username: 'ada', server_name: 'lab' })
  const hub = await startHubApi({ users: { ada: [''] } })
  const { logged: _, ...seen } = await look({ action: 'remove', hub })
  expect(seen.answer).toBe('**removed**: ada has no server "lab" any more')
  expect(seen.left).toBe("ada's server")
  await expect.poll(running, { timeout: 20_000 }).toBe(1)
  return seen
})

fault(SECTION, 'the same, as a dry run', { withinS: 5 }, async () => {
  await start({ username: 'ben' })
  const hub = await startHubApi({ users: { ben: [] } })
  const { logged: _, ...seen } = await look({ action: 'list', hub })
  expect(seen.answer).toBe('**listed**: ben has no default server any more')
  expect(seen.left).toBe("ben's server")
  expect(await running()).toBe(1)
  return seen
})

fault(SECTION, 'a user was deleted, and their server not', { withinS: 5 }, async () => {
  await start({ username: 'cleo' })
  await start({ username: 'dan' })
  const hub = await startHubApi({ users: { dan: [''] } })
  const { logged: _, ...seen } = await look({ action: 'remove', hub })
  expect(seen.answer).toBe('**removed**: the hub has no user cleo any more')
  expect(seen.left).toBe("dan's server")
  return seen
})

fault(SECTION, 'a start is pending, by the hub or by its age', { withinS: 5 }, async () => {
  const restart_policy = { condition: 'any', delay: '30s' }
  const pending = { image: 'scenario/nosuch:1', config: { restart_policy } }
  await start({ username: 'eve', ...pending }, false)
  await start({ username: 'flo', ...pending }, false)
  const hub = await startHubApi({ users: { eve: [''], flo: [''] } })
  const old = await look({ action: 'remove', hub })
  hub.users = { eve: [], flo: [] }
  const { logged: _, ...young } = await look({ action: 'remove', hub, spawner: world.spawner })
  expect([old.answer, young.answer]).toEqual(Array(2).fill('nothing is left behind'))
  expect(young.left).toBe("eve's server, flo's server")
  return young
})

fault(SECTION, 'the hub starts a server while a look is under way', { withinS: 10 }, async () => {
  await start({ username: 'gil' })
  const hub = await startHubApi({ users: { gil: [] } })
  hub.instead = (path) => {
    if (path.startsWith('/users?')) hub.users['gil'] = ['']
    return false
  }
  const { logged: _, ...seen } = await look({ action: 'remove', hub })
  expect(seen.answer).toBe('nothing is left behind')
  expect(seen.left).toBe("gil's server")
  expect(await running()).toBe(1)
  return seen
})

fault(SECTION, "foreign services, and another hub's", { withinS: 5 }, async () => {
  const { service_id } = await start({ username: 'hal' })
  await start({ username: 'hal', hub: 'other', service_prefix: 'other' })
  const [own] = (await services()).filter(({ ID }) => ID === service_id)
  const TaskTemplate = { ContainerSpec: { Image: NOTEBOOK } }
  await world.engine('POST', '/services/create', { Name: 'web', TaskTemplate })
  const copied = { Name: 'copied-labels', Labels: own?.Spec.Labels, TaskTemplate }
  await world.engine('POST', '/services/create', copied)
  const hub = await startHubApi({ users: { hal: [] } })
  const { logged: _, ...seen } = await look({ action: 'remove', hub })
  expect(seen.answer).toBe('**removed**: hal has no default server any more')
  expect(seen.left).toBe(
    'hal\'s server of the hub "other", the service "copied-labels", the service "web"',
  )
  return seen
})

fault(SECTION, 'no token, and a server ended two hours ago', { withinS: 5 }, async () => {
  await start({ username: 'ida' })
  await start({ username: 'jan', image: DIES })
  await expect.poll(running, { timeout: 20_000 }).toBe(1)
  const tooEarly = await look({ action: 'remove' })
  expect(tooEarly).toMatchObject({ answer: 'nothing is left behind' })
  const { logged, ...seen } = await look({ action: 'remove', spawner: muchLater })
  expect(seen.answer).toBe('**removed**: ended 2 hours ago: task: non-zero exit (1)')
  expect(logged).toContain('"username":"jan"')
  expect(seen.left).toBe("ida's server")
  return seen
})

fault(SECTION, 'the hub can not be asked', { withinS: 5 }, async () => {
  await start({ username: 'kim' })
  const hub = await startHubApi()
  hub.url = 'http://127.0.0.1:2/hub/api'
  const { logged: _, ...seen } = await look({ action: 'remove', hub })
  expect(seen.answer).toBe('**hub_api_unreachable**: the hub cannot be reached (ECONNREFUSED)')
  expect(seen.left).toBe("kim's server")
  return seen
})

fault(SECTION, 'the hub stays silent in the middle of its list', { withinS: 5 }, async () => {
  await start({ username: 'leo' })
  const users = { leo: [], mia: [''], ned: [''] }
  const hub = await startHubApi({ users, pageSize: 2, instead: (path) => /offset=2/.test(path) })
  const { logged: _, ...seen } = await look({ action: 'remove', hub })
  expect(seen.answer).toBe('**hub_api_unreachable**: the hub does not answer in time')
  expect(seen.left).toBe("leo's server")
  return seen
})

fault(SECTION, 'the token shows some users only', { withinS: 5 }, async () => {
  await start({ username: 'oda' })
  const hub = await startHubApi({ scopes: ['list:users!group=some', 'read:servers'] })
  const { logged: _, ...seen } = await look({ action: 'remove', hub })
  expect(seen.answer).toBe(
    '**hub_api_missing_scopes**: the token lacks list:users, or has it for some users only',
  )
  expect(seen.left).toBe("oda's server")
  return seen
})

fault(SECTION, 'another hub is asked by mistake', { withinS: 5 }, async () => {
  await start({ username: 'pia' })
  const hub = await startHubApi({ users: { somebody: [''], else: [] } })
  const { logged: _, ...seen } = await look({ action: 'remove', hub })
  expect(seen.answer).toBe(
    '**listed**: the hub has no user pia any more; **nothing is removed**: the hub that was asked knows none of the users whose servers are in the swarm: is it another hub, or is its database new?',
  )
  expect(seen.left).toBe("pia's server")
  return seen
})

fault(SECTION, 'three copies of the service look at once', { withinS: 10 }, async () => {
  for (const server_name of ['', 'a', 'b']) await start({ username: 'quin', server_name })
  const hub = await startHubApi({ users: { quin: ['a'] } })
  const looks = await Promise.all([1, 2, 3].map(() => look({ action: 'remove', hub })))
  const outcomes = looks.flatMap(({ answer }) => [...answer.matchAll(/\*\*(\w+)\*\*/g)])
  const count = (word: string) => outcomes.filter(([, outcome]) => outcome === word).length
  expect(count('removed')).toBe(2)
  expect(count('removed') + count('gone')).toBe(outcomes.length)
  expect(await left()).toBe('quin\'s server "a"')
  return {
    answer: `${count('removed')} are **removed**, each by one of the copies`,
    seconds: Math.max(...looks.map(({ seconds }) => seconds)),
    left: await left(),
  }
})
