/** The Engine refused this request. The same request will be refused again. */
export const REFUSED = [
  'bad_request',
  'unauthorized',
  'forbidden',
  'not_found',
  'network_not_found',
  'conflict',
  'out_of_sequence',
  'not_implemented',
  'server_error',
] as const

/** The Engine, or the Swarm behind it, could not be asked right now. The same request may succeed later. */
export const UNREACHABLE = [
  'unreachable',
  'permission_denied',
  'timeout',
  'tls',
  'connection_lost',
  'not_in_swarm',
  'not_a_manager',
  'no_leader',
  'locked',
  'unavailable',
] as const

/** The answer does not match the Engine API, or is longer than we read. */
export const UNREADABLE = ['unexpected_answer', 'answer_too_large'] as const

export type DockerErrorCode =
  | (typeof REFUSED)[number]
  | (typeof UNREACHABLE)[number]
  | (typeof UNREADABLE)[number]

/**
 * An Engine call that failed. `engineMessage` holds the Engine's own words, if it answered. When the caller
 * aborts, no DockerError is thrown, but the reason of the caller's signal.
 */
export class DockerError extends Error {
  override readonly name = 'DockerError'
  readonly code: DockerErrorCode
  readonly httpStatus: number | undefined
  readonly engineMessage: string | undefined

  constructor(
    code: DockerErrorCode,
    message: string,
    details: { httpStatus?: number; engineMessage?: string; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.httpStatus = details.httpStatus
    this.engineMessage = details.engineMessage
  }
}

/** Returns whether `error` is a DockerError. With `codes`, it must have one of these codes. */
export const isDockerError = (error: unknown, ...codes: DockerErrorCode[]): error is DockerError =>
  error instanceof DockerError && (codes.length === 0 || codes.includes(error.code))

/** Absence is a value: what a call answers, or undefined where the Engine knows no such thing (`not_found`). */
export const ifFound = async <T>(call: Promise<T>): Promise<T | undefined> => {
  try {
    return await call
  } catch (error) {
    if (isDockerError(error, 'not_found')) return undefined
    throw error
  }
}

const unreachable: ReadonlySet<string> = new Set(UNREACHABLE)

/** Returns whether the Engine could not be asked, so that the same call may succeed later. */
export const isUnreachable = (error: unknown): error is DockerError =>
  error instanceof DockerError && unreachable.has(error.code)

/**
 * Returns whether the Engine may have done what was asked, although the call failed: the answer was lost or
 * does not tell.
 */
export const isInDoubt = (error: unknown): error is DockerError =>
  isUnreachable(error) ||
  isDockerError(error, 'server_error', 'unexpected_answer', 'answer_too_large')

/** Returns whether the Engine could not be asked at all, or answered that it carries nothing out. */
export const isCertainlyUndone = (error: unknown): boolean =>
  isDockerError(
    error,
    ...(['unreachable', 'permission_denied', 'tls'] as const),
    ...(['not_in_swarm', 'not_a_manager', 'locked'] as const),
  )

/** Returns whether a change may have been made, although its call failed or was interrupted. */
export const mayBeDone = (error: unknown): boolean =>
  isInDoubt(error) ? !isCertainlyUndone(error) : !isDockerError(error)
