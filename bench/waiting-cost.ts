import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RealEngine } from '../lab/engine/engine-lab.ts'
import { createService, removeService } from '../src/docker/services.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { buildSpec } from '../src/spawner/build-spec.ts'
import { STARTING_PACE_MS } from '../src/spawner/server/task-watch.ts'
import { createSpawner, type Spawner } from '../src/spawner/spawner.ts'
import { countCalls } from './count-calls.ts'
import { atMost, type Row } from './row.ts'
import { HUB, NEVER, startRequest } from './start-server.ts'
import { waitUntilIdle } from './wait-until-idle.ts'

const STARTS = 20
const PERIODS = 4
const PERIOD_MS = 5000
/** Linux counts a process's time in hundredths of a second. */
const MS_PER_TICK = 10

/**
 * The CPU time that starts which wait for a node cost dockerd, above its usual work. Both are measured in
 * turns.
 */
export const waitingCost = async (engine: RealEngine): Promise<Row[]> => {
  const counter = countCalls(nodeTransport({ host: engine.dockerHost }))
  const spawner = createSpawner(counter.transport)
  const names = await createPending(spawner)
  counter.reset()
  const [idle, waited] = [[] as number[], [] as number[]]
  for (let period = 0; period < PERIODS; period++) {
    idle.push(await cpuPercent(engine, () => sleep(PERIOD_MS)))
    waited.push(await cpuPercent(engine, () => watchAll(spawner, names)))
  }
  const looks = counter.counts().get('GET /tasks') ?? 0
  for (const name of names) await removeService(spawner.docker, { id: name })
  await waitUntilIdle(spawner)
  return [judge(mean(idle), mean(waited), looks)]
}

/** Makes services that no node will take. */
const createPending = (spawner: Spawner): Promise<string[]> =>
  Promise.all(
    Array.from({ length: STARTS }, async (_, index) => {
      const request = startRequest(`pending-${index}`, { placement: ['node.labels.none==such'] })
      const { spec } = buildSpec(HUB, request)
      await createService(spawner.docker, { spec })
      return spec.Name
    }),
  )

const watchAll = async ({ watch }: Spawner, names: readonly string[]): Promise<void> => {
  const end = performance.now() + PERIOD_MS
  const watchOne = async (name: string) => {
    while (performance.now() < end) await watch(name, { paceMs: STARTING_PACE_MS, signal: NEVER })
  }
  await Promise.all(names.map(watchOne))
}

const cpuPercent = async (engine: RealEngine, work: () => Promise<void>): Promise<number> => {
  const [begun, before] = [performance.now(), cpuMs(engine)]
  await work()
  return ((cpuMs(engine) - before) / (performance.now() - begun)) * 100
}

const cpuMs = (engine: RealEngine): number => {
  const stat = readFileSync(`/proc/${engine.pid()}/stat`, 'utf8')
  // The name in parentheses may have spaces; utime and stime are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const judge = (idle: number, waited: number, looks: number): Row =>
  atMost(5, {
    what: `${STARTS} starts that wait: dockerd's CPU above idle`,
    seen: looks,
    measured: waited - idle,
    unit: '% of a core',
    from: `${waited.toFixed(1)} - ${idle.toFixed(1)} %, ${PERIODS} x ${PERIOD_MS / 1000} s each, ${looks} looks`,
  })
