import { quantile, undisturbed } from './quantile.ts'
import { atMost, type Row } from './row.ts'

const WARM_UP_ROUNDS = 5

/** Makes one call, and resolves when its answer has been read. */
export type Caller = () => Promise<unknown>

export type Load = { concurrency: number; calls: number; rounds: number }

/** The milliseconds of one call in each round, by the caller's name. */
type Times = ReadonlyMap<string, readonly number[]>

/**
 * Times callers against each other. With one call at a time it takes the median of the calls, otherwise the
 * time of all calls divided by their number. The callers take turns, because a machine changes from second to
 * second.
 */
export const compareCalls = async (
  callers: Readonly<Record<string, Caller>>,
  { concurrency, calls, rounds }: Load,
): Promise<Times> => {
  const blocks = Object.entries(callers).map(([name, call]) => ({
    name,
    run: () => (concurrency === 1 ? oneByOne(call, calls) : atOnce(call, calls, concurrency)),
    times: [] as number[],
  }))
  // These rounds are not measured: the compiler has to see the hot paths first.
  for (let round = 0; round < WARM_UP_ROUNDS; round++) for (const { run } of blocks) await run()
  for (let round = 0; round < rounds; round++)
    for (const { run, times } of shuffle(blocks)) times.push(await run())
  return new Map(blocks.map(({ name, times }) => [name, times]))
}

/** The order is random, because one caller's garbage slows the next one down. */
const shuffle = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)

const oneByOne = async (call: Caller, calls: number): Promise<number> => {
  const times: number[] = []
  for (let made = 0; made < calls; made++) {
    const begun = performance.now()
    await call()
    times.push(performance.now() - begun)
  }
  return quantile(times, 0.5)
}

const atOnce = async (call: Caller, calls: number, concurrency: number): Promise<number> => {
  let left = calls
  const begun = performance.now()
  const worker = async () => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return (performance.now() - begun) / calls
}

/** Judges the ratio of two callers' times: the median of the rounds, each of which is a fair pair. */
export const ratio = (
  what: string,
  limit: number,
  { times, of, against }: { times: Times; of: string; against: string },
): Row => {
  const [ours = [], others = []] = [times.get(of), times.get(against)]
  const ratios = ours.map((time, round) => time / (others[round] ?? Number.NaN))
  return atMost(limit, {
    what,
    seen: ratios.length,
    measured: quantile(ratios, 0.5),
    unit: 'times',
    from: `${microseconds(undisturbed(ours))} / ${microseconds(undisturbed(others))}`,
  })
}

const microseconds = (ms: number): string => `${Math.round(ms * 1000)} µs`
