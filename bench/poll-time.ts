import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Agent, Pool, request } from 'undici'
import * as v from 'valibot'
import type { RealEngine } from '../lab/engine/engine-lab.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { createSpawner } from '../src/spawner/spawner.ts'
import { type Caller, compareCalls, ratio } from './compare-calls.ts'
import { atMost, type Row } from './row.ts'
import { SECRET, signedPoll } from './signed-poll.ts'
import { startServer, stopServer } from './start-server.ts'
import { waitUntilIdle } from './wait-until-idle.ts'

const POLLS = 200

/** How long a hub's signed poll of a running server takes, compared with the Engine call that it needs. */
export const pollTime = async (engine: RealEngine): Promise<Row[]> => {
  const spawner = createSpawner(nodeTransport({ host: engine.dockerHost }))
  const { service_name } = await startServer(spawner, 'polled')
  const service = await startService(engine)
  const poll = await pollCaller(service.url, 'polled')
  const callers = { poll, engine: tasksCaller(engine, service_name) }
  const times = await compareCalls(callers, { concurrency: 1, calls: 60, rounds: 40 })
  const rows = [
    ratio('POST /poll: against its Engine call alone', 2, { times, of: 'poll', against: 'engine' }),
    await callsPerPoll(service, poll),
  ]
  service.process.disconnect()
  await stopServer(spawner, 'polled')
  await waitUntilIdle(spawner)
  return rows
}

type Service = { url: string; process: ChildProcess }

const startService = async ({ dockerHost }: RealEngine): Promise<Service> => {
  const child = fork(join(import.meta.dirname, 'poll-service.ts'), {
    env: { DOCKER_HOST: dockerHost, SWARMSPAWNER_SECRET: SECRET, PORT: '0' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const { url } = v.parse(v.object({ url: v.string() }), (await once(child, 'message'))[0])
  return { url, process: child }
}

/**
 * Sends one signed call again and again. To sign is the hub's work; the service verifies the call each time.
 */
const pollCaller = async (url: string, username: string): Promise<Caller> => {
  const pool = new Pool(url)
  const { headers, body } = signedPoll(username)
  return async () => {
    const answer = await pool.request({ method: 'POST', path: '/poll', headers, body })
    const { state } = v.parse(v.object({ state: v.string() }), await answer.body.json())
    if (state !== 'running') throw new Error(`polled ${state}`)
  }
}

const tasksCaller = ({ socketPath }: RealEngine, serviceName: string): Caller => {
  const dispatcher = new Agent({ connect: { socketPath } })
  const filters = encodeURIComponent(JSON.stringify({ name: [`${serviceName}.`] }))
  return async () => {
    const { body } = await request(`http://docker/v1.41/tasks?filters=${filters}`, { dispatcher })
    return JSON.parse(await body.text())
  }
}

const callsPerPoll = async ({ process }: Service, poll: Caller): Promise<Row> => {
  const before = await engineCalls(process)
  for (let polls = 0; polls < POLLS; polls++) await poll()
  const made = (await engineCalls(process)) - before
  return atMost(1, {
    what: 'POST /poll: Engine calls',
    seen: made,
    measured: made / POLLS,
    unit: 'calls',
    from: `${made} for ${POLLS} polls`,
  })
}

const engineCalls = async (service: ChildProcess): Promise<number> => {
  service.send('how many calls?')
  const [message] = await once(service, 'message')
  return v.parse(v.object({ calls: v.number() }), message).calls
}
