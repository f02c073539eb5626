import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { type Durations, readDurations } from './durations.ts'
import { pathOf } from './vitest-report.ts'

/** Sorts files by duration, the slowest first. Files without a duration come between slow and fast ones. */
export const slowFirst = (files: readonly string[], durations: Durations): string[] => {
  const secondsOf = (file: string) => durations[file] ?? 1
  return files.toSorted((a, b) => secondsOf(b) - secondsOf(a))
}

/**
 * Starts slow files first, by durations.json. In a fresh clone, vitest's own order only knows a file's size.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const byPath = new Map(files.map((file) => [pathOf(file.moduleId), file]))
    const order = slowFirst([...byPath.keys()], readDurations())
    return order.flatMap((path) => byPath.get(path) ?? [])
  }
}
