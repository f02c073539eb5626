import { createApp } from '../handlers/app.ts'
import { readSettings } from '../handlers/settings/service-settings.ts'
import { createEmbeddedEngine } from '../src/embedded/engine.ts'
import { createSpawner } from '../src/spawner/spawner.ts'
import { countEntries } from './count-entries.ts'
import { atMost, type Row } from './row.ts'
import { SECRET, signedCall } from './signed-poll.ts'
import { NEVER, startRequest } from './start-server.ts'

/** After the first call the service knows the Engine's version and its networks; two more, to be sure. */
const WARM_UPS = 3
/** The least of several counts: now and then a start has time for one more look at its task. */
const ROUNDS = 5

/**
 * How many functions of ours one call for one more user enters, from the signed request to the answer. The count is the same
 * on every machine: it grows when a call does work twice.
 */
export const functionEntries = async (): Promise<Row[]> => {
  const call = createService()
  return [await measure(call, 'start', 2700), await measure(call, 'explain', 2600)]
}

type Verb = 'start' | 'explain'
type Call = (verb: Verb, username: string) => Promise<void>

/** The service in this process, on the embedded engine. */
const createService = (): Call => {
  const spawner = createSpawner(createEmbeddedEngine().transport)
  const { hubs, adminToken } = readSettings({ SWARMSPAWNER_SECRET: SECRET })
  const app = createApp({ spawner, hubs, adminToken, log: () => {}, shutdown: NEVER })
  return async (verb, username) => {
    const { server, env, config } = startRequest(username, { networks: ['jupyterhub'] })
    const signed = signedCall(verb, { server, env, config, wait_s: 0 })
    const answer = await app.request(`/${verb}`, { method: 'POST', ...signed })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`POST /${verb}: ${text}`)
  }
}

const measure = async (call: Call, verb: Verb, limit: number): Promise<Row> => {
  for (let round = 0; round < WARM_UPS; round++) await call(verb, `warm-up-${round}`)
  const counts: number[] = []
  for (let round = 0; round < ROUNDS; round++)
    counts.push(await countEntries(() => call(verb, `counted-${round}`)))
  const entries = Math.min(...counts)
  return atMost(limit, {
    what: `POST /${verb} of one more user: function entries`,
    seen: entries,
    measured: entries,
    unit: 'entries',
    from: `a hub's settings and 25 variables; the least of ${counts.join(', ')}`,
  })
}
