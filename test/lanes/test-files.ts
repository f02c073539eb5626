import { globSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** Tests that have a Docker Engine of their own: each file runs in a vitest process of its own, in a lane. */
export const REAL = ['live', 'faults', 'hub', 'security', 'deploy'].map(
  (folder) => `test/${folder}/real-*.test.ts`,
)

/**
 * Tests without an Engine that are slow: they pack and install, trace, try thousands of inputs or large ones, or say the same of another
 * Engine. They run beside the real ones.
 */
export const SLOW = [
  'test/fuzz/*.test.ts',
  'test/live/embedded-29.7.test.ts',
  'test/npm-package.test.ts',
  'test/security/cost.test.ts',
  'test/security/large-servers.test.ts',
  'test/security/no-connections.test.ts',
  'test/security/one-large-server.test.ts',
]

export const UNIT = ['test/**/*.test.ts']

/** Those of some patterns, as paths below the project's root, sorted. */
export const filesOf = (patterns: readonly string[]): string[] =>
  globSync([...patterns], { cwd: root }).sort()
