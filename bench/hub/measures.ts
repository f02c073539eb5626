import type { BurstMeasures } from './burst.ts'
import type { EngineCall } from './counted-socket.ts'
import type { SpawnMeasures } from './serial-spawns.ts'

/** Everything that was measured for a spawner class. Measures that were not asked for are empty. */
export type Measures = {
  spawns: SpawnMeasures[]
  /** The Engine calls of each poll. */
  polls: EngineCall[][]
  bursts: BurstMeasures[]
}

export const noMeasures = (): Measures => ({ spawns: [], polls: [], bursts: [] })

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** The numbers that the rows are made from, in milliseconds and Engine calls. */
export const readyMs = ({ spawns }: Measures) => spawns.map((spawn) => spawn.readyMs)
/** The time of a spawn without the start of its container and of the server in it. */
export const ownMs = ({ spawns }: Measures) =>
  spawns.map(({ createMs, noticeMs }) => createMs + noticeMs)
export const noticeMs = ({ spawns }: Measures) => spawns.map((spawn) => spawn.noticeMs)
export const spawnCalls = ({ spawns }: Measures) => spawns.map((spawn) => spawn.spawnCalls.length)
export const stopCalls = ({ spawns }: Measures) => spawns.map((spawn) => spawn.stopCalls.length)
export const pollCalls = ({ polls }: Measures) => polls.map(({ length }) => length)
export const lastReadyMs = ({ bursts }: Measures) =>
  bursts.map((burst) => burst.readyMs.at(-1) ?? Number.POSITIVE_INFINITY)
export const latencyMs = ({ bursts }: Measures) => bursts.flatMap((burst) => burst.latencyMs)
