import * as v from 'valibot'
import { readLimited } from '../read-limited.ts'
import { HubApiError } from './errors.ts'

/** The address and the token of a hub's REST API. */
export type HubApi = {
  /** The address, such as `http://hub:8081/hub/api`, without a slash at its end. */
  url: string
  token: string
  /** Any WHATWG fetch. */
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** How long to wait for each answer. */
  timeoutMs?: number
}

/** 15 s for each answer, because a busy hub may be slow. */
const TIMEOUT_MS = 15_000
/** 16 MiB hold a page of 200 users with all their servers and those servers' options. */
const MAX_BODY_BYTES = 16 * 1024 * 1024
const PAGES = 'application/jupyterhub-pagination+json'

/**
 * `GET {api}{path}`: returns the parsed answer, or undefined when the hub says 404. Throws a HubApiError, or
 * the reason of the signal.
 */
export const askHub = async <S extends v.GenericSchema>(
  api: HubApi,
  { path, schema, signal }: { path: string; schema: S; signal: AbortSignal },
): Promise<v.InferOutput<S> | undefined> => {
  const name = `GET ${api.url}${path.replace(/\?.*/, '')}`
  const timeUp = AbortSignal.timeout(api.timeoutMs ?? TIMEOUT_MS)
  const limited = AbortSignal.any([signal, timeUp])
  try {
    const response = await api.fetch(`${api.url}${path}`, {
      headers: { accept: PAGES, authorization: `token ${api.token}` },
      // A hub's REST API never redirects. To follow a redirect would send the hub's token to somebody else.
      redirect: 'manual',
      signal: limited,
    })
    const text = await readLimited(response, MAX_BODY_BYTES)
    return decode(name, response, text, schema)
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof HubApiError) throw cause
    // The cause stays out of the message, because fetch may quote what it was going to send.
    const why = timeUp.aborted ? 'does not answer in time' : `cannot be reached${codeOf(cause)}`
    throw new HubApiError('unreachable', `${name}: the hub ${why}`)
  }
}

const decode = <S extends v.GenericSchema>(
  name: string,
  { status }: Response,
  text: string | undefined,
  schema: S,
): v.InferOutput<S> | undefined => {
  if (status === 401 || status === 403)
    throw new HubApiError(
      status === 401 ? 'unauthorized' : 'missing_scopes',
      `${name}: the hub refuses the token (status ${status}); use the token of a service or user with the scopes list:users and read:servers`,
    )
  if (status >= 500)
    throw new HubApiError('unreachable', `${name}: the hub cannot answer now (status ${status})`)
  if (text === undefined)
    throw new HubApiError(
      'unexpected_answer',
      `${name}: the answer is longer than ${MAX_BODY_BYTES} bytes`,
    )
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), text)
  if (status === 404 && v.is(NotFound, json.output)) return undefined
  if (status !== 200)
    throw new HubApiError(
      'unexpected_answer',
      `${name}: status ${status}; give the address of the hub's REST API itself, such as http://hub:8081/hub/api`,
    )
  const result = v.safeParse(schema, json.output)
  if (json.success && result.success) return result.output
  const at = result.issues?.[0] && v.getDotPath(result.issues[0])
  throw new HubApiError(
    'unexpected_answer',
    `${name}: the answer's ${at ?? 'body'} is not what a hub sends`,
  )
}

const FetchFailure = v.object({ cause: v.object({ code: v.pipe(v.string(), v.regex(/^\w+$/)) }) })

/** The code of a failed fetch, such as `ECONNREFUSED`, if the runtime gives one. */
const codeOf = (error: unknown): string =>
  v.is(FetchFailure, error) ? ` (${error.cause.code})` : ''

/** A hub's 404 is JSON; JupyterHub 6.1 sends it without a message. Any other 404 is not from a hub. */
const NotFound = v.object({ status: v.literal(404), message: v.nullable(v.string()) })
