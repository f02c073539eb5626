import type { RealEngine } from '../lab/engine/engine-lab.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { createSpawner, type Spawner } from '../src/spawner/spawner.ts'
import { quantile } from './quantile.ts'
import { atMost, type Row } from './row.ts'
import { startServer, stopServer } from './start-server.ts'
import { waitUntilIdle } from './wait-until-idle.ts'

const SINGLE_STARTS = 35
const BURSTS = 7
const BURST = 5

/** The time from the Engine's own timestamp of a running server until the start reports it. */
export const startNotice = async (engine: RealEngine): Promise<Row[]> => {
  const spawner = createSpawner(nodeTransport({ host: engine.dockerHost }))
  const delays: number[] = []
  for (let single = 0; single < SINGLE_STARTS; single++)
    delays.push(await startAndStop(spawner, `single-${single}`))
  for (let burst = 0; burst < BURSTS; burst++) delays.push(...(await startBurst(spawner, burst)))
  await waitUntilIdle(spawner)
  return judge(delays)
}

const startBurst = (spawner: Spawner, burst: number): Promise<number[]> =>
  Promise.all(
    Array.from({ length: BURST }, (_, index) => startAndStop(spawner, `burst-${burst}-${index}`)),
  )

const startAndStop = async (spawner: Spawner, username: string): Promise<number> => {
  const { events } = await startServer(spawner, username)
  const delay = Date.now() - Date.parse(events.at(-1)?.time ?? '')
  await stopServer(spawner, username)
  return delay
}

const judge = (delays: readonly number[]): Row[] => {
  const seen = delays.length
  const from = `${delays.length} starts, ${Math.min(...delays)} to ${Math.max(...delays)} ms`
  const what = 'start: from running to the caller knowing it'
  return [
    atMost(130, {
      what: `${what}, median`,
      measured: quantile(delays, 0.5),
      unit: 'ms',
      from,
      seen,
    }),
    atMost(260, { what: `${what}, p95`, measured: quantile(delays, 0.95), unit: 'ms', from, seen }),
  ]
}
