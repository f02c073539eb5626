import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { type Durations, readDurations } from './durations.ts'
import { pathOf } from './vitest-report.ts'

/** Files by how long they took, the slowest first; those of no known duration between the slow and the quick ones. */
export const slowFirst = (files: readonly string[], durations: Durations): string[] => {
  const secondsOf = (file: string) => durations[file] ?? 1
  return files.toSorted((a, b) => secondsOf(b) - secondsOf(a))
}

/** Starts slow files first, by durations.json: vitest's own order knows a file's size only, in a fresh clone. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const byPath = new Map(files.map((file) => [pathOf(file.moduleId), file]))
    const order = slowFirst([...byPath.keys()], readDurations())
    return order.flatMap((path) => byPath.get(path) ?? [])
  }
}
