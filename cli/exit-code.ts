import { debuglog } from 'node:util'
import { problemOf } from '../handlers/errors.ts'
import { EnvError } from '../handlers/settings/env-error.ts'
import { DockerConfigError } from '../src/docker/docker-config.node.ts'
import { isUnreachable } from '../src/docker/errors.ts'
import { HubApiError } from '../src/hub-api/errors.ts'
import { SpawnError } from '../src/spawner/errors.ts'
import { printError } from './print.ts'
import { ProblemAnswer } from './problem-answer.ts'

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

/** The lines about an error. The stack of an unexpected error is for us: `NODE_DEBUG=swarmspawner` prints it. */
const explainFailure = (error: unknown): string[] => {
  if (isSetting(error) || isTold(error)) return [`error: ${error.message}`]
  if (error instanceof DOMException && error.name === 'AbortError') return ['interrupted']
  const { code, detail } = problemOf(error)
  if (code !== 'internal') return [`error: ${detail}`]
  if (!(error instanceof Error)) return [`error: ${String(error)}`]
  debuglog('swarmspawner')('%s', error.stack)
  return 'syscall' in error ? [`error: ${error.message}`] : [`error: ${error.message}`, UNEXPECTED]
}

const UNEXPECTED =
  'This is a bug of swarmspawner. NODE_DEBUG=swarmspawner before the command shows where it is.'

/** Returns whether an error has a message for people, and does not stand for a bug. */
const isTold = (error: unknown): error is Error =>
  error instanceof HubApiError || error instanceof ProblemAnswer

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
