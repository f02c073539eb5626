import * as v from 'valibot'
import { type SignedCallOptions, signedCall } from '../../cli/signed-call.ts'
import { createApp } from '../../handlers/app.ts'
import { importSecret } from '../../handlers/caller/signature.ts'
import type { Dependencies } from '../../handlers/dependencies.ts'
import type { LogEntry } from '../../handlers/every-call/log.ts'
import type { Spawner } from '../../src/spawner/spawner.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'

/** The secrets of the tests' two hubs. Each is one repeated letter, so that nobody takes it for a real one. */
export const SECRETS = {
  default: `whsec_${btoa('d'.repeat(32))}`,
  other: `whsec_${btoa('o'.repeat(32))}`,
}
export const ADMIN_TOKEN = 'the-admin-token-of-the-tests'

export type HubName = keyof typeof SECRETS

/** The whole app with one spawner, and its log. */
export type TestService = {
  app: ReturnType<typeof createApp>
  logged: LogEntry[]
  /** Ends all waiting calls, as a shutdown does. */
  shutdown: AbortController
}

export const createTestService = (
  spawner: Spawner,
  more: Partial<Dependencies> = {},
): TestService => {
  const logged: LogEntry[] = []
  const shutdown = new AbortController()
  const hubs = Object.entries(SECRETS).map(([hub, secret]) => ({ hub, keys: [keyOf(secret)] }))
  const log = (entry: LogEntry) => void logged.push(entry)
  const deps = { spawner, hubs, adminToken: ADMIN_TOKEN, log, shutdown: shutdown.signal, ...more }
  return { app: createApp(deps), logged, shutdown }
}

/** The key of a secret. The tests' own secrets are valid. */
export const keyOf = (secret: string) => {
  const key = importSecret(secret)
  if (!key) throw new Error('not a secret')
  return key
}

/** A call of a hub of the tests, ready to be sent. */
export const signed = (
  verb: string,
  data: unknown,
  { hub = 'default', ...options }: SignedCallOptions & { hub?: HubName } = {},
) => {
  const { body, headers } = signedCall(keyOf(SECRETS[hub]), verb, data, options)
  return { method: 'POST', body, headers }
}

export type CallOptions = {
  hub?: HubName
  headers?: Record<string, string>
  signal?: AbortSignal
  now?: number
}

/** Sends one signed call and returns the answer. */
export const send = async (
  { app }: TestService,
  verb: string,
  data: unknown,
  { headers = {}, signal, ...options }: CallOptions = {},
): Promise<Response> => {
  const call = signed(verb, data, { ...options, id: 'msg_test' })
  const init = { ...call, headers: { ...call.headers, ...headers } }
  return app.request(`/${verb}`, signal ? { ...init, signal } : init)
}

/** Sends one signed call whose answer is a server's state. */
export const ask = async (
  service: TestService,
  verb: string,
  data: unknown,
  options: CallOptions = {},
): Promise<ServerState> => {
  const response = await send(service, verb, data, options)
  const body: unknown = await response.json()
  if (response.status !== 200)
    throw new Error(`${verb}: ${response.status} ${JSON.stringify(body)}`)
  const state = v.parse(ServerState, body)
  requireSentence(state)
  return state
}

/**
 * A state with a reason has a sentence for students; one that starts, runs or was stopped without trouble has none. One that
 * starts has a sentence for the end of its time.
 */
const requireSentence = ({ state, reason, user_message, timeout_message }: ServerState): void => {
  if ((state === 'starting') !== (timeout_message !== undefined))
    throw new Error(`${state}: the sentence at the time-out is ${timeout_message}`)
  const isFine = reason === null && state !== 'exited' && state !== 'failed'
  if (isFine === (user_message === undefined)) return
  throw new Error(`${state}, ${reason}: the sentence for students is ${user_message}`)
}

export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  code: v.string(),
  user_message: v.string(),
  retryable: v.boolean(),
  reason: v.optional(v.string()),
  advice: v.optional(v.string()),
  issues: v.optional(v.array(v.object({ path: v.string(), message: v.string() })), []),
})
export type Problem = v.InferOutput<typeof Problem>

/** Reads an answer that must be a problem, with the same status in header and body. */
export const problemOf = async (response: Response): Promise<Problem> => {
  const problem = v.parse(Problem, await response.json())
  const type = response.headers.get('content-type')
  if (type !== 'application/problem+json' || problem.status !== response.status)
    throw new Error(`not a problem: ${response.status} ${type}`)
  return problem
}

/** Sends one signed call that must be refused. */
export const refused = async (
  service: TestService,
  verb: string,
  data: unknown,
  options: CallOptions = {},
): Promise<Problem> => problemOf(await send(service, verb, data, options))

/** One server-sent event. */
type SentEvent = { event: string; data: unknown }

/** Reads the server-sent events of an answer to its end. */
export const readEvents = async (response: Response): Promise<SentEvent[]> =>
  (await response.text())
    .split('\n\n')
    .filter((block) => block.startsWith('event:'))
    .map((block) => ({
      event: /^event: (.*)$/m.exec(block)?.[1] ?? '',
      data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null'),
    }))
