import type { Family, Labels } from './open-metrics.ts'

/** Counts by labels. Whoever counts takes the values of its labels from sets that are closed. */
export type Counter = {
  add: (labels: Labels, by?: number) => void
  family: () => Family
}

/** Makes a counter that begins at nothing. */
export const createCounter = (name: string, help: string): Counter => {
  const counts = new Map<string, { labels: Labels; value: number }>()
  return {
    add: (labels, by = 1) => {
      const key = JSON.stringify(Object.values(labels))
      const count = counts.get(key)
      if (count) count.value += by
      else counts.set(key, { labels, value: by })
    },
    family: () => ({ name, type: 'counter', help, samples: [...counts.values()] }),
  }
}
