import { defineConfig } from 'vitest/config'

/** Tests that have a Docker Engine of their own. */
const realTests = ['live', 'faults', 'hub', 'security', 'deploy'].map(
  (folder) => `test/${folder}/real-*.test.ts`,
)

export default defineConfig({
  test: {
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: realTests,
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: realTests,
          // Each file has a Docker Engine of its own; several at once would time each other.
          fileParallelism: false,
          hookTimeout: 120_000,
          testTimeout: 60_000,
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
