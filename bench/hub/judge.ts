import { quantile } from '../quantile.ts'
import { atMost, type Row } from '../row.ts'
import { BURST } from './burst.ts'
import type { IdleCpu } from './idle-cpu.ts'
import {
  lastReadyMs,
  latencyMs,
  type Measures,
  mean,
  noticeMs,
  ownMs,
  pollCalls,
  readyMs,
  spawnCalls,
  stopCalls,
} from './measures.ts'
import { SWEEP, type SweepMeasures } from './poll-sweep.ts'
import type { PeerName, SpawnerName } from './spawners.ts'

/** The measures of each spawner class in one run. */
export type AllMeasures = Readonly<Record<SpawnerName, Measures>>

const median = (values: readonly number[]): number => quantile(values, 0.5)
const p95 = (values: readonly number[]): number => quantile(values, 0.95)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
const range = (values: readonly number[], show: (value: number) => string): string =>
  `${values.length}, ${show(Math.min(...values))} to ${show(Math.max(...values))}`

/** The rows for spawns that have the hub for themselves. */
export const judgeSpawns = (all: AllMeasures): Row[] => {
  const ready = { of: readyMs, by: median, show: seconds }
  const notices = noticeMs(all.swarmspawner)
  return [
    // Most of this is the container's own time, which no spawner can shorten. The row below is about the rest.
    against(all, 'dockerspawner', 1, { what: 'spawn to ready, median', ...ready }),
    against(all, 'ucphhpc', 1, { what: 'spawn to ready, median', ...ready }),
    against(all, 'dockerspawner', 0.5, {
      what: 'of that without the container, median',
      of: ownMs,
      by: median,
      show: seconds,
    }),
    atMost(150, {
      what: 'the server serves, to the hub saying ready, median',
      seen: notices.length,
      measured: median(notices),
      unit: 'ms',
      from: range(notices, (ms) => `${ms} ms`),
    }),
    calls(all, 'Engine calls per spawn', spawnCalls),
    calls(all, 'Engine calls per stop', stopCalls),
  ]
}

/** The row for polls of a hub that has nothing else to do. */
export const judgePolls = (all: AllMeasures): Row[] => [
  calls(all, 'Engine calls per poll', pollCalls),
]

/** How many copies of the service deploy/stack.yml has. */
const COPIES = 2

/** The row for a stack that nobody uses. */
export const judgeIdle = (idle: IdleCpu): Row[] => {
  const shares = Object.entries(idle).map(([name, share]) => `${name} ${share.toFixed(2)} %`)
  return [
    atMost(3, {
      what: `hub, proxy and ${COPIES} copies of the service, idle, with their health checks`,
      seen: Object.values(idle).filter((share) => share > 0).length,
      measured: idle.hub + idle.proxy + COPIES * idle.swarmspawner,
      unit: '% of a core',
      from: shares.join(', '),
    }),
  ]
}

/** The rows for a hub that polls all its servers at once. */
export const judgeSweep = ({ ms, requests, found, engineCalls }: SweepMeasures): Row[] => {
  const what = `poll of ${SWEEP} servers`
  const from = 'the class in its hub, services that wait for a node'
  return [
    atMost(0, {
      what: `${what}: not found`,
      seen: found,
      measured: SWEEP - found,
      unit: 'servers',
      from,
    }),
    atMost(5, {
      what: `${what}: Engine calls`,
      seen: engineCalls.length,
      measured: engineCalls.length,
      unit: 'calls',
      from: tally(engineCalls),
    }),
    atMost(5, {
      what: `${what}: requests of the hub`,
      seen: requests,
      measured: requests,
      unit: 'requests',
      from,
    }),
    atMost(5000, { what: `${what}: time`, seen: found, measured: ms, unit: 'ms', from }),
  ]
}

/** The rows for many users who spawn at once. */
export const judgeBursts = (all: AllMeasures, peers: readonly PeerName[]): Row[] => {
  const { bursts } = all.swarmspawner
  const what = `${BURST} spawns at once`
  return [
    atMost(0, {
      what: `${what}: not ready`,
      seen: sum(bursts.map(({ readyMs }) => readyMs.length)),
      measured: sum(bursts.map(({ lost }) => lost)),
      unit: 'servers',
      from: `${bursts.length} times`,
    }),
    ...peers.map((peer) =>
      against(all, peer, 1, {
        what: `${what}: last ready`,
        of: lastReadyMs,
        by: median,
        show: seconds,
      }),
    ),
    against(all, 'dockerspawner', 0.5, {
      what: `${what}: GET /hub/api meanwhile, p95`,
      of: latencyMs,
      by: p95,
      show: (ms) => `${ms.toFixed(0)} ms`,
    }),
  ]
}

/** Says how often each call was made. */
const tally = (names: readonly string[]): string =>
  [...Map.groupBy(names, (name) => name)]
    .map(([name, { length }]) => `${length} ${name}`)
    .join(', ')

const calls = (all: AllMeasures, what: string, of: Measure['of']): Row =>
  against(all, 'dockerspawner', 0.5, { what, of, by: mean, show: (count) => count.toFixed(2) })

type Measure = {
  what: string
  of: (measures: Measures) => number[]
  by: (values: readonly number[]) => number
  show: (value: number) => string
}

/** Judges the ratio of our number to the peer's. */
const against = (
  all: AllMeasures,
  peer: SpawnerName,
  limit: number,
  { what, of, by, show }: Measure,
): Row => {
  const [ofOurs, ofTheirs] = [of(all.swarmspawner), of(all[peer])]
  const [ours, theirs] = [by(ofOurs), by(ofTheirs)]
  return atMost(limit, {
    what: `${what}: against ${peer}`,
    // Zero calls in every round mean that the measure went wrong: the calls went to another socket.
    seen: Math.min(sum(ofOurs), sum(ofTheirs)),
    measured: ours / theirs,
    unit: 'times',
    from: `${show(ours)} / ${show(theirs)}`,
  })
}
