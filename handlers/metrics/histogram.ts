import type { Family, Labels, Sample } from './open-metrics.ts'

/** Sorts durations into buckets, by labels. */
export type Histogram = {
  observe: (labels: Labels, seconds: number) => void
  family: () => Family
}

type Row = { labels: Labels; counts: number[]; sum: number }

/** Makes a histogram. `bounds` are the upper bounds of its buckets, in ascending order; the last bucket has none. */
export const createHistogram = (
  name: string,
  help: string,
  bounds: readonly number[],
): Histogram => {
  const rows = new Map<string, Row>()
  return {
    observe: (labels, seconds) => {
      const key = JSON.stringify(Object.values(labels))
      const row = rows.get(key) ?? { labels, counts: bounds.map(() => 0).concat(0), sum: 0 }
      rows.set(key, row)
      const at = bounds.findIndex((bound) => seconds <= bound)
      const bucket = at < 0 ? bounds.length : at
      row.counts[bucket] = (row.counts[bucket] ?? 0) + 1
      row.sum += seconds
    },
    family: () => ({
      name,
      type: 'histogram',
      help,
      samples: [...rows.values()].flatMap((row) => samplesOf(row, bounds)),
    }),
  }
}

/** The buckets of OpenMetrics contain those below them. */
const samplesOf = ({ labels, counts, sum }: Row, bounds: readonly number[]): Sample[] => {
  let count = 0
  const buckets = counts.map((own, index): Sample => {
    count += own
    return { suffix: '_bucket', labels: { ...labels, le: boundOf(bounds[index]) }, value: count }
  })
  return [
    ...buckets,
    { suffix: '_count', labels, value: count },
    { suffix: '_sum', labels, value: sum },
  ]
}

/** OpenMetrics writes whole numbers as `1.0`. */
const boundOf = (bound: number | undefined): string => {
  if (bound === undefined) return '+Inf'
  return Number.isInteger(bound) ? `${bound}.0` : String(bound)
}
