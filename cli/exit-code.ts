import { CommanderError } from 'commander'
import { EnvError } from '../handlers/env.ts'
import { problemOf } from '../handlers/errors.ts'
import { DockerConfigError } from '../src/docker/docker-config.node.ts'
import { isUnreachable } from '../src/docker/errors.ts'
import { HubApiError } from '../src/hub-api/errors.ts'
import { SpawnError } from '../src/spawner/errors.ts'

/** A call that can't be understood: a file that is not JSON, a value of the wrong form. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** 0 done, 1 no, 2 wrong usage or settings, 3 the Engine, or a hub, could not be asked. */
export const exitCodeOf = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (isUnreachable(error)) return 3
  if (error instanceof HubApiError) return error.code === 'unreachable' ? 3 : 2
  return isSetting(error) ? 2 : 1
}

/** One line for people; an error that is not ours comes with its stack, for it is a bug. */
export const explainFailure = (error: unknown): string => {
  if (isSetting(error) || error instanceof HubApiError) return `error: ${error.message}`
  if (error instanceof DOMException && error.name === 'AbortError') return 'interrupted'
  const { code, detail } = problemOf(error)
  if (code !== 'internal') return `error: ${detail}`
  return error instanceof Error ? String(error.stack) : String(error)
}

const isSetting = (error: unknown): error is Error =>
  error instanceof UsageError ||
  error instanceof EnvError ||
  error instanceof DockerConfigError ||
  error instanceof SpawnError
