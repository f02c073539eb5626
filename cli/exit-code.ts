import { problemOf } from '../handlers/errors.ts'
import { EnvError } from '../handlers/settings/env-error.ts'
import { DockerConfigError } from '../src/docker/docker-config.node.ts'
import { isUnreachable } from '../src/docker/errors.ts'
import { HubApiError } from '../src/hub-api/errors.ts'
import { SpawnError } from '../src/spawner/errors.ts'
import { printError } from './print.ts'

/** A call that can't be understood: a file that is not JSON, a value of the wrong form. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** 0 done, 1 no, 2 wrong usage or settings, 3 the Engine, or a hub, could not be asked. */
export const exitCodeOf = (error: unknown): number => {
  if (isUsage(error)) return 'exitCode' in error && error.exitCode === 0 ? 0 : 2
  if (isUnreachable(error)) return 3
  if (error instanceof HubApiError) return error.code === 'unreachable' ? 3 : 2
  return isSetting(error) ? 2 : 1
}

/** Says on stderr what went wrong, and lets the process end with its exit code. */
export const reportFailure = (error: unknown): void => {
  // The parser has said itself what is wrong with the usage.
  if (!isUsage(error)) printError(...explainFailure(error))
  process.exitCode = exitCodeOf(error)
}

/** One line for people; an error that is not ours comes with its stack, for it is a bug. */
const explainFailure = (error: unknown): string[] => {
  if (isSetting(error) || error instanceof HubApiError) return [`error: ${error.message}`]
  if (error instanceof DOMException && error.name === 'AbortError') return ['interrupted']
  const { code, detail } = problemOf(error)
  if (code !== 'internal') return [`error: ${detail}`]
  return error instanceof Error ? String(error.stack).split('\n') : [String(error)]
}

/** An error of commander, or its way to say that it has shown help; known by its code, for the service does not load it. */
const isUsage = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && /^commander\./.test(String(error.code))

const isSetting = (error: unknown): error is Error =>
  error instanceof UsageError ||
  error instanceof EnvError ||
  error instanceof DockerConfigError ||
  error instanceof SpawnError
