import type { RealEngine } from '../lab/engine/engine-lab.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { STARTING_PACE_MS } from '../src/spawner/server/task-watch.ts'
import { createSpawner } from '../src/spawner/spawner.ts'
import { countCalls } from './count-calls.ts'
import { atMost, type Row } from './row.ts'
import { startServer, stopServer } from './start-server.ts'
import { waitUntilIdle } from './wait-until-idle.ts'

const STARTS = 20
const LOOK = 'GET /tasks'

/** How many Engine calls are made by starts at the same time: a few for each, and the looks that they share. */
export const startCalls = async (engine: RealEngine): Promise<Row[]> => {
  const counter = countCalls(nodeTransport({ host: engine.dockerHost }))
  const spawner = createSpawner(counter.transport)
  const usernames = Array.from({ length: STARTS }, (_, index) => `counted-${index}`)
  const begun = performance.now()
  await Promise.all(usernames.map((username) => startServer(spawner, username)))
  const rows = judge(counter.counts(), performance.now() - begun)
  for (const username of usernames) await stopServer(spawner, username)
  await waitUntilIdle(spawner)
  return rows
}

const judge = (counts: ReadonlyMap<string, number>, ms: number): Row[] => {
  const others = [...counts].filter(([call]) => call !== LOOK)
  const made = others.reduce((sum, [, count]) => sum + count, 0)
  const looks = counts.get(LOOK) ?? 0
  return [
    atMost(3, {
      what: `${STARTS} starts at once: calls other than looks, per start`,
      seen: made,
      measured: made / STARTS,
      unit: 'calls',
      from: others.map(([call, count]) => `${count} ${call}`).join(', '),
    }),
    atMost(Math.floor(ms / STARTING_PACE_MS) + STARTS, {
      what: `${STARTS} starts at once: looks, for all of them`,
      seen: looks,
      measured: looks,
      unit: 'calls',
      from: `in ${(ms / 1000).toFixed(1)} s, one of each start before it creates`,
    }),
  ]
}
