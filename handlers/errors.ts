import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { DockerError, type DockerErrorCode } from '../src/docker/errors.ts'
import {
  type Issue,
  MAX_MESSAGE_LENGTH,
  printable,
  SpawnError,
  type SpawnErrorCode,
  tellIssues,
} from '../src/spawner/errors.ts'
import { readReason } from '../src/spawner/state/advice.ts'
import { sentenceOn } from '../src/spawner/state/user-message.ts'
import { chosenOptions, isChosen } from './chosen-options.ts'
import { answerJson, type SignAnswer } from './every-call/answer.ts'

type RequestErrorCode =
  | 'invalid_json'
  | 'invalid_request'
  | 'wrong_type'
  | 'unauthorized'
  | 'timestamp_out_of_range'
  /** The same call was carried out before, and the service that it made is gone. */
  | 'replayed'
  | 'too_large'
  /** The body did not arrive in time. */
  | 'too_slow'
  /** Too many calls are open: those of unknown callers, or those of this hub. */
  | 'busy'
  | 'no_such_route'
  /** There is no service of this name, or it is not of a hub. */
  | 'no_such_server'
  | 'method_not_allowed'
  /** Nobody reads this answer. In the log, the code distinguishes it from an error of ours. */
  | 'caller_gone'
  | 'internal'

/** A call that the service refuses by itself, before the spawner sees it. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: RequestErrorCode
  readonly issues: readonly Issue[]

  constructor(code: RequestErrorCode, message: string, issues: readonly Issue[] = []) {
    super(printable(message, MAX_MESSAGE_LENGTH))
    this.code = code
    this.issues = tellIssues(issues).issues
  }
}

/**
 * Every code that an answer can have. The Engine's own codes have a prefix, because the Engine's `not_found` is
 * not a 404 of ours.
 */
export type ProblemCode = RequestErrorCode | SpawnErrorCode | `engine_${DockerErrorCode}`

type Meaning = {
  status: ContentfulStatusCode
  title: string
  /** A sentence for the user, who chose nothing: what happened, and whose turn it is. */
  user: string
  /** The beginning of that sentence if the user chose something that may be the cause. */
  chosen?: string
  /** Whether the same call, unchanged, may succeed later. */
  retryable?: boolean
}

const MISCONFIGURED =
  'The notebook service is not set up correctly. Please tell your administrator.'
const SET_UP = 'Your server cannot be started the way it is set up. Please tell your administrator.'
const CHOSEN = 'Your server cannot be started with what you chose'
const LATER = 'The notebook cluster cannot be reached at the moment. Please try again in a minute.'
const BUSY = 'The notebook service is busy at the moment. Please try again in a minute.'

/** The only table of answers for each error code. A code without a row does not compile. */
export const PROBLEMS = {
  invalid_json: { status: 400, title: 'Not JSON', user: MISCONFIGURED },
  invalid_request: { status: 422, title: 'Invalid request', user: SET_UP },
  wrong_type: { status: 400, title: 'Wrong type for this route', user: MISCONFIGURED },
  unauthorized: { status: 401, title: 'Not authorized', user: MISCONFIGURED },
  timestamp_out_of_range: { status: 401, title: 'Too old or too new', user: MISCONFIGURED },
  replayed: {
    status: 409,
    title: 'Already carried out',
    user: 'Your server was started before, and has ended. Please start it again. If that fails, tell your administrator.',
  },
  too_large: { status: 413, title: 'Body too large', user: SET_UP },
  too_slow: { status: 408, title: 'Body too slow', user: LATER, retryable: true },
  busy: { status: 503, title: 'Too many calls at once', user: BUSY, retryable: true },
  no_such_route: { status: 404, title: 'No such route', user: MISCONFIGURED },
  no_such_server: { status: 404, title: 'No such server', user: MISCONFIGURED },
  method_not_allowed: { status: 405, title: 'Wrong method', user: MISCONFIGURED },
  caller_gone: { status: 408, title: 'Caller gone', user: LATER, retryable: true },
  internal: { status: 500, title: 'Internal error', user: MISCONFIGURED },
  invalid_config: {
    status: 422,
    title: 'Invalid settings',
    user: SET_UP,
    chosen: CHOSEN,
  },
  not_allowed: {
    status: 422,
    title: 'Not allowed by the policy',
    user: 'The rules of this system do not allow your server the way it is set up. Please tell your administrator.',
    chosen: 'The rules of this system do not allow what you chose',
  },
  invalid_name: { status: 422, title: 'Invalid service name', user: SET_UP },
  name_taken: {
    status: 409,
    title: 'Service name taken',
    user: 'Something else has taken the place of your server. Please tell your administrator.',
  },
  superseded: {
    status: 409,
    title: 'Superseded by a newer start',
    user: 'A newer start of this server is on its way. Please wait for it.',
  },
  quota_exceeded: {
    status: 409,
    title: 'Quota exceeded',
    user: 'All places for servers of this kind are in use. Please try again when another server has stopped.',
  },
  registry_credentials: {
    status: 500,
    title: 'Registry credentials not readable',
    user: MISCONFIGURED,
  },
  shutting_down: { status: 503, title: 'Service about to stop', user: LATER, retryable: true },
  engine_bad_request: { status: 422, title: 'Refused by the Engine', user: SET_UP, chosen: CHOSEN },
  engine_unauthorized: { status: 502, title: 'Refused by the registry', user: MISCONFIGURED },
  engine_forbidden: { status: 422, title: 'Refused by the Engine', user: SET_UP, chosen: CHOSEN },
  engine_not_found: { status: 422, title: 'Not found by the Engine', user: SET_UP, chosen: CHOSEN },
  engine_network_not_found: { status: 422, title: 'No such network', user: SET_UP, chosen: CHOSEN },
  engine_conflict: { status: 409, title: 'Name taken', user: SET_UP },
  engine_out_of_sequence: {
    status: 409,
    title: 'Service changed meanwhile',
    user: LATER,
    retryable: true,
  },
  engine_not_implemented: {
    status: 502,
    title: 'Not implemented by the Engine',
    user: MISCONFIGURED,
  },
  engine_server_error: { status: 502, title: 'Engine error', user: MISCONFIGURED },
  engine_unreachable: { status: 503, title: 'Engine unreachable', user: LATER, retryable: true },
  engine_permission_denied: {
    status: 503,
    title: 'No permission to use the Engine',
    user: LATER,
    retryable: true,
  },
  engine_timeout: { status: 504, title: 'Engine too slow', user: LATER, retryable: true },
  engine_tls: { status: 503, title: 'No TLS with the Engine', user: LATER, retryable: true },
  engine_connection_lost: {
    status: 503,
    title: 'Engine connection lost',
    user: LATER,
    retryable: true,
  },
  engine_not_in_swarm: {
    status: 503,
    title: 'Engine not in a swarm',
    user: LATER,
    retryable: true,
  },
  engine_not_a_manager: { status: 503, title: 'Not a swarm manager', user: LATER, retryable: true },
  engine_no_leader: { status: 503, title: 'Swarm without a leader', user: LATER, retryable: true },
  engine_locked: { status: 503, title: 'Swarm locked', user: LATER, retryable: true },
  engine_unavailable: { status: 503, title: 'Swarm unavailable', user: LATER, retryable: true },
  engine_unexpected_answer: { status: 502, title: 'Unexpected Engine answer', user: MISCONFIGURED },
  engine_answer_too_large: { status: 502, title: 'Engine answer too large', user: MISCONFIGURED },
} as const satisfies Record<ProblemCode, Meaning>

/** RFC 9457 problem details. */
export type Problem = {
  type: string
  title: string
  status: ContentfulStatusCode
  detail: string
  code: ProblemCode
  user_message: string
  retryable: boolean
  /** The Engine's own words, if it was the Engine that refused: `detail` names the call as well. */
  reason?: string
  /** What an admin can do about it, if we know. */
  advice?: string
  issues?: readonly Issue[]
}

/**
 * The problem that a caller is told for an error. It says nothing about the details of an unexpected error.
 * `hasChosen`: the user of the start chose something, which may be the cause.
 */
export const problemOf = (error: unknown, hasChosen = false): Problem => {
  if (error instanceof DockerError) return engineProblem(error, hasChosen)
  if (error instanceof SpawnError || error instanceof RequestError)
    return problem(error.code, error.message, error)
  if (isLeaving(error)) return problem('caller_gone', 'The caller left before the answer')
  return problem('internal', 'An unexpected error, which the log of the service describes')
}

const engineProblem = (
  { code, message, engineMessage }: DockerError,
  hasChosen: boolean,
): Problem => {
  const told = problem(`engine_${code}`, printable(message, MAX_MESSAGE_LENGTH), { hasChosen })
  if (engineMessage === undefined) return told
  const { kind, advice } = readReason(engineMessage)
  return {
    ...told,
    // An Engine that cannot be asked is the cause, whatever it says besides.
    ...(kind !== 'unknown' && !told.retryable && { user_message: sentenceOn(kind, hasChosen) }),
    reason: printable(engineMessage, MAX_MESSAGE_LENGTH),
    ...(advice !== null && { advice }),
  }
}

/**
 * Returns whether a caller has left. A runtime then throws the reason of the signal, or the error of a body
 * without an end.
 */
const isLeaving = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'AbortError' || ('code' in error && error.code === 'ECONNRESET'))

const problem = (
  code: ProblemCode,
  detail: string,
  {
    issues = [],
    userMessage,
    hasChosen = isChosen(issues),
  }: {
    issues?: readonly Issue[]
    userMessage?: string | undefined
    hasChosen?: boolean
  } = {},
): Problem => {
  const { status, title, user, chosen, retryable = false }: Meaning = PROBLEMS[code]
  return {
    type: `urn:swarmspawner:problem:${code}`,
    title,
    status,
    detail,
    code,
    user_message: userMessage ?? (hasChosen && chosen ? sentenceOfChoice(chosen, issues) : user),
    retryable,
    ...(issues.length > 0 && { issues }),
  }
}

/** The sentence for a user whose choice is the cause. `issues` may say which options they are. */
export const sentenceOfChoice = (chosen: string, issues: readonly Issue[] = []): string => {
  const names = chosenOptions(issues)
  return `${chosen}${names ? ` for ${names}` : ''}. Please choose something else, or tell your administrator.`
}

/** 2 s until a caller should try again: the service closes strangers' connections within seconds. */
export const RETRY_AFTER_S = 2

/** Answers with a problem. The answer is signed if the call was. */
export const answerProblem = (error: unknown, sign?: SignAnswer, hasChosen?: boolean): Response => {
  const problem = problemOf(error, hasChosen)
  const response = answerJson(problem, sign, {
    status: problem.status,
    type: 'application/problem+json',
  })
  if (problem.code === 'busy') response.headers.set('retry-after', String(RETRY_AFTER_S))
  return response
}
