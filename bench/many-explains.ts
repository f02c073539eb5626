import { createApp } from '../handlers/app.ts'
import { readSettings } from '../handlers/settings/service-settings.ts'
import type { RealEngine } from '../lab/engine/engine-lab.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { createSpawner } from '../src/spawner/spawner.ts'
import { countCalls } from './count-calls.ts'
import { undisturbed } from './quantile.ts'
import { atMost, type Row } from './row.ts'
import { SECRET, signedCall } from './signed-poll.ts'
import { NEVER, startRequest } from './start-server.ts'

const PROFILES = 12
const USERS = 20
const ROUNDS = 60
const WARM_UPS = 20

/**
 * What a form of twelve profiles costs, on an Engine: the calls for all users who open it within a second, and the time of one
 * call for all twelve beside that of a call for one server.
 */
export const manyExplains = async (engine: RealEngine): Promise<Row[]> => {
  const service = createService(engine)
  await timesOf(service, WARM_UPS)
  return [await countForms(service), compareTimes(await timesOf(service, ROUNDS))]
}

const countForms = async ({ explain, counter, pass }: Service): Promise<Row> => {
  pass()
  counter.reset()
  await Promise.all(Array.from({ length: USERS }, (_, user) => explain(`user-${user}`, true)))
  const counts = [...counter.counts()]
  const calls = counts.reduce((sum, [, count]) => sum + count, 0)
  return atMost(2, {
    what: `${USERS} forms of ${PROFILES} profiles at once: calls, for all of them`,
    seen: calls,
    measured: calls,
    unit: 'calls',
    from: counts.map(([call, count]) => `${count} ${call}`).join(', '),
  })
}

type Times = { one: number[]; many: number[] }

/** The milliseconds of calls for one server and for many, in turns. */
const timesOf = async ({ explain, pass }: Service, rounds: number): Promise<Times> => {
  const times: Times = { one: [], many: [] }
  for (let round = 0; round < rounds; round++)
    for (const kind of ['one', 'many'] as const) {
      pass()
      const begun = performance.now()
      await explain(`timed-${round}`, kind === 'many')
      times[kind].push(performance.now() - begun)
    }
  return times
}

const compareTimes = (times: Times): Row => {
  const [one, many] = [undisturbed(times.one), undisturbed(times.many)]
  return atMost(3, {
    what: `POST /explain of ${PROFILES} profiles at once, beside one server`,
    seen: times.many.length,
    measured: many / one,
    unit: 'times',
    from: `${many.toFixed(1)} and ${one.toFixed(1)} ms, each with a look of its own`,
  })
}

type Service = ReturnType<typeof createService>

/**
 * The service in this process. `pass` makes the next call look at the swarm anew: it moves the service's clock by a second, in all
 * by less than the five minutes that a signature is good for.
 */
const createService = (engine: RealEngine) => {
  let ahead = 0
  const counter = countCalls(nodeTransport({ host: engine.dockerHost }))
  const spawner = createSpawner(counter.transport, { now: () => Date.now() + ahead })
  const { hubs, adminToken } = readSettings({ SWARMSPAWNER_SECRET: SECRET })
  const app = createApp({ spawner, hubs, adminToken, log: () => {}, shutdown: NEVER })
  const explain = async (username: string, isMany: boolean): Promise<void> => {
    const { server, env, config } = startRequest(username)
    const data = { server, env, config, ...(isMany && { requests: profiles() }) }
    const signed = signedCall('explain', data)
    const answer = await app.request('/explain', { method: 'POST', ...signed })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`POST /explain: ${text}`)
  }
  const pass = () => {
    ahead += 1000
  }
  return { explain, counter, pass }
}

const profiles = () =>
  Array.from({ length: PROFILES }, (_, index) => ({
    config: { resource_spec: { mem_limit: '256M', mem_reservation: `${8 * (index + 1)}M` } },
  }))
