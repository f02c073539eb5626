import { problemOf } from '../handlers/errors.ts'
import { EnvError } from '../handlers/settings/env-error.ts'
import { DockerConfigError } from '../src/docker/docker-config.node.ts'
import { isUnreachable } from '../src/docker/errors.ts'
import { HubApiError } from '../src/hub-api/errors.ts'
import { SpawnError } from '../src/spawner/errors.ts'
import { printError } from './print.ts'

/** A command line that cannot be understood: a file that is not JSON, or a value with the wrong form. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * The exit code: 0 done, 1 refused or failed, 2 wrong usage or settings, 3 the Engine or a hub could not be
 * asked.
 */
export const exitCodeOf = (error: unknown): number => {
  if (isUsage(error)) return 'exitCode' in error && error.exitCode === 0 ? 0 : 2
  if (isUnreachable(error)) return 3
  if (error instanceof HubApiError) return error.code === 'unreachable' ? 3 : 2
  return isSetting(error) ? 2 : 1
}

/** Prints an error to stderr, and sets the exit code of the process. */
export const reportFailure = (error: unknown): void => {
  // The parser has printed its own message already.
  if (!isUsage(error)) printError(...explainFailure(error))
  process.exitCode = exitCodeOf(error)
}

/** The lines about an error. An unexpected error is a bug, so its stack is printed. */
const explainFailure = (error: unknown): string[] => {
  if (isSetting(error) || error instanceof HubApiError) return [`error: ${error.message}`]
  if (error instanceof DOMException && error.name === 'AbortError') return ['interrupted']
  const { code, detail } = problemOf(error)
  if (code !== 'internal') return [`error: ${detail}`]
  return error instanceof Error ? String(error.stack).split('\n') : [String(error)]
}

/**
 * Returns whether an error comes from commander, which also throws after it has shown help. We look at its
 * code, because the service does not load commander.
 */
const isUsage = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && /^commander\./.test(String(error.code))

const isSetting = (error: unknown): error is Error =>
  error instanceof UsageError ||
  error instanceof EnvError ||
  error instanceof DockerConfigError ||
  error instanceof SpawnError
