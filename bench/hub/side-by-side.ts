import { quantile } from '../quantile.ts'
import type { AllMeasures } from './judge.ts'
import {
  lastReadyMs,
  latencyMs,
  type Measures,
  mean,
  noticeMs,
  pollCalls,
  readyMs,
  spawnCalls,
  stopCalls,
} from './measures.ts'
import type { SpawnerName } from './spawners.ts'

const seconds = (ms: number): string => (ms / 1000).toFixed(2)
const milliseconds = (ms: number): string => ms.toFixed(0)

const spread = (values: readonly number[], show: (value: number) => string): string =>
  values.length === 0
    ? ''
    : `${show(quantile(values, 0.5))} [${show(Math.min(...values))}..${show(Math.max(...values))}]`

const average = (values: readonly number[]): string =>
  values.length === 0 ? '' : mean(values).toFixed(1)

const LINES: Readonly<Record<string, (measures: Measures) => string>> = {
  'spawn to ready, s': (of) => spread(readyMs(of), seconds),
  '- until the create call, ms': ({ spawns }) =>
    spread(
      spawns.map((spawn) => spawn.createMs),
      milliseconds,
    ),
  '- then until it serves, ms': ({ spawns }) =>
    spread(
      spawns.map((spawn) => spawn.servingMs),
      milliseconds,
    ),
  '- then until it is ready, ms': (of) => spread(noticeMs(of), milliseconds),
  'Engine calls per spawn': (of) => average(spawnCalls(of)),
  '- per stop': (of) => average(stopCalls(of)),
  '- per poll': (of) => average(pollCalls(of)),
  'burst: last ready, s': (of) => spread(lastReadyMs(of), seconds),
  '- half are ready, s': ({ bursts }) =>
    spread(
      bursts.map((burst) => quantile(burst.readyMs, 0.5)),
      seconds,
    ),
  '- lost': ({ bursts }) => average(bursts.map(({ lost }) => lost)),
  '- GET /hub/api p50 / p95 / max, ms': (of) =>
    latencyMs(of).length === 0
      ? ''
      : [0.5, 0.95, 1].map((q) => milliseconds(quantile(latencyMs(of), q))).join(' / '),
  "- hub's CPU, s": ({ bursts }) =>
    spread(
      bursts.map((burst) => burst.hubCpuMs),
      seconds,
    ),
  '- Engine calls': ({ bursts }) => average(bursts.map((burst) => burst.engineCalls)),
}

/**
 * The numbers behind the rows, for all spawner classes: median [least..most]. Lines without any number are left
 * out.
 */
export const sideBySide = (all: AllMeasures, spawners: readonly SpawnerName[]): string =>
  [['', ...spawners], ['', ...spawners].map(() => '-'), ...lines(all, spawners)]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')

const lines = (all: AllMeasures, spawners: readonly SpawnerName[]): string[][] =>
  Object.entries(LINES).flatMap(([name, show]) => {
    const numbers = spawners.map((spawner) => show(all[spawner]))
    return numbers.some(Boolean) ? [[name, ...numbers]] : []
  })
