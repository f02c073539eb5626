import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** Tests with their own Docker Engine. Each file runs in its own vitest process and lane. */
export const REAL = ['live', 'faults', 'hub', 'security', 'deploy'].map(
  (folder) => `test/${folder}/real-*.test.ts`,
)

/**
 * Slow tests without an Engine: they pack and install, trace, run the built program or workerd dozens of times, try
 * thousands of inputs or large ones, or repeat a suite for another Engine. They run beside the real ones.
 */
export const SLOW = [
  'test/cli/cli.test.ts',
  'test/cli/command-audit.test.ts',
  'test/cli/failures.test.ts',
  'test/cli/gc.test.ts',
  'test/cli/health.test.ts',
  'test/deploy/edge/workerd.test.ts',
  'test/deploy/stack-script.test.ts',
  'test/docs/openapi-schemas.test.ts',
  'test/docs/site/site.test.ts',
  'test/fuzz/*.test.ts',
  'test/handlers/callers-tls.test.ts',
  'test/handlers/listen/callers.node.test.ts',
  'test/handlers/worker-scheduled.test.ts',
  'test/live/embedded*.test.ts',
  'test/npm-package.test.ts',
  'test/security/attempts.test.ts',
  'test/security/cost.test.ts',
  'test/security/large-servers.test.ts',
  'test/security/leaks.test.ts',
  'test/security/no-connections.test.ts',
  'test/security/one-large-server.test.ts',
  'test/security/stolen.test.ts',
]

export const UNIT = ['test/**/*.test.ts']

/** The files of some patterns, as sorted paths from the project's root. */
export const filesOf = (patterns: readonly string[]): string[] =>
  globSync([...patterns], { cwd: root }).sort()

/**
 * Whether a file's tests put something in place of a module, a global or a connection. Such a file has modules of its own;
 * all others of the unit suite share theirs, which saves a third of its time.
 */
const isReplacing = (file: string): boolean =>
  /\bvi\.(mock|doMock|stub\w+)\(|setup-engine|\bmsw\b/.test(readFileSync(join(root, file), 'utf8'))

/** The unit suite's files whose modules are their own. */
export const replacingFiles = (): string[] => {
  const others = new Set(filesOf([...SLOW, ...REAL]))
  return filesOf(UNIT).filter((file) => !others.has(file) && isReplacing(file))
}
