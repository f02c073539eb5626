import { globSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** Tests with their own Docker Engine. Each file runs in its own vitest process and lane. */
export const REAL = ['live', 'faults', 'hub', 'security', 'deploy'].map(
  (folder) => `test/${folder}/real-*.test.ts`,
)

/**
 * Slow tests without an Engine: they pack and install, trace, run the built program dozens of times, try
 * thousands of inputs or large ones, or repeat a suite for another Engine. They run beside the real ones.
 */
export const SLOW = [
  'test/cli/cli.test.ts',
  'test/cli/failures.test.ts',
  'test/cli/gc.test.ts',
  'test/docs/openapi-schemas.test.ts',
  'test/docs/site/site.test.ts',
  'test/fuzz/*.test.ts',
  'test/live/embedded-29.7.test.ts',
  'test/npm-package.test.ts',
  'test/security/cost.test.ts',
  'test/security/large-servers.test.ts',
  'test/security/leaks.test.ts',
  'test/security/no-connections.test.ts',
  'test/security/one-large-server.test.ts',
]

export const UNIT = ['test/**/*.test.ts']

/** The files of some patterns, as sorted paths from the project's root. */
export const filesOf = (patterns: readonly string[]): string[] =>
  globSync([...patterns], { cwd: root }).sort()
