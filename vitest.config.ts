import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { scratchRoot } from './lab/engine/scratch-root.ts'
import { SlowFirst } from './test/lanes/slow-first.ts'
import { REAL, replacingFiles, SLOW, UNIT } from './test/lanes/test-files.ts'

const replacing = replacingFiles()

export default defineConfig({
  test: {
    testTimeout: 30_000,
    // Tests run side by side: what comes within a second on an idle machine may take several.
    expect: { poll: { timeout: 10_000 } },
    // vitest's own number leaves one core idle, which on two cores is half of them; and many files wait.
    maxWorkers: Math.ceil(availableParallelism() * 2.5),
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: UNIT,
          exclude: [...SLOW, ...REAL, ...replacing],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'unit-apart', include: replacing } },
      { extends: true, test: { name: 'slow', include: SLOW } },
      {
        extends: true,
        test: {
          name: 'real',
          include: REAL,
          // Each file has a Docker Engine of its own; `npm test` runs them in lanes, a process each.
          fileParallelism: false,
          // On a disk, half of an Engine's time is waiting until its files are safe there.
          env: { TMPDIR: scratchRoot() },
          // Many of these polls start a docker CLI.
          expect: { poll: { timeout: 10_000, interval: 250 } },
          hookTimeout: 120_000,
          testTimeout: 120_000,
        },
      },
    ],
    coverage: {
      include: ['src/**', 'handlers/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90, functions: 90, branches: 80 },
    },
  },
})
