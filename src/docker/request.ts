import * as v from 'valibot'
import { readText } from './body.ts'
import { withDeadline, withDeadlineForHeaders } from './deadline.ts'
import type { Docker } from './docker.ts'
import { DockerError } from './errors.ts'
import { refusal } from './refusal.ts'
import { readSkimmed, wantedOf } from './skimmed-body.ts'
import type { EngineRequest, EngineResponse } from './transport.ts'
import { withTurn } from './turns.ts'

/** The options of every Engine call: the caller's signal, and how long to wait for the answer. */
export type CallOptions = { signal?: AbortSignal | undefined; timeoutMs?: number }

type Call = CallOptions & {
  method: EngineRequest['method']
  /**
   * The path without the version prefix. The caller must escape ids and names in it with `encodeURIComponent`.
   */
  path: string
  query?: Record<string, string | undefined>
  headers?: Record<string, string>
  body?: unknown
}

/** Calls the Engine and parses its JSON answer. Throws a DockerError, or the reason of an aborted signal. */
export const request = <S extends v.GenericSchema>(
  docker: Docker,
  call: Call & {
    schema: S
    /** For a large answer: hold only the fields that the schema reads, and of its records only these keys. */
    skim?: { keepsKey: (key: string) => boolean } | undefined
  },
): Promise<v.InferOutput<S>> =>
  withDeadline(call, nameOf(call), async (signal) => {
    const response = await send(docker, call, signal)
    if (call.skim) {
      const wanted = wantedOf(call.schema, call.skim.keepsKey)
      return decode(call, await readSkimmed(response, nameOf(call), signal, wanted), call.schema)
    }
    return withTurn(docker.turns, signal, async (takeTurn) => {
      const text = await readText(response, nameOf(call), signal, undefined, takeTurn)
      return decode(call, text, call.schema)
    })
  })

/** Calls the Engine and ignores the body of the answer. */
export const requestNothing = (docker: Docker, call: Call): Promise<void> =>
  withDeadline(call, nameOf(call), async (signal) => {
    await readWhole(docker, call, await send(docker, call, signal), signal)
  })

/**
 * Calls the Engine and returns the unread body, which may be silent for hours. The deadline covers only the
 * headers.
 */
export const requestStream = (docker: Docker, call: Call): Promise<EngineResponse> =>
  withDeadlineForHeaders(call, nameOf(call), (signal) => send(docker, call, signal))

/** Calls the Engine and returns only the headers. */
export const requestHeaders = (docker: Docker, call: Call): Promise<EngineResponse['header']> =>
  withDeadline(call, nameOf(call), async (signal) => {
    const response = await send(docker, call, signal)
    await readWhole(docker, call, response, signal)
    return response.header
  })

const send = async (docker: Docker, call: Call, signal: AbortSignal): Promise<EngineResponse> => {
  const response = await sendAs(docker, await docker.apiVersion(signal), call, signal)
  if (response.status < 400) return response
  const text = await readWhole(docker, call, response, signal)
  const error = refusal(nameOf(call), response.status, text)
  if (!/client version \S+ is too (new|old)/.test(error.message)) throw error
  // The Engine may have been replaced since we agreed on a version. Agree once more and repeat the call.
  docker.forgetApiVersion()
  const again = await sendAs(docker, await docker.apiVersion(signal), call, signal)
  if (again.status < 400) return again
  throw refusal(nameOf(call), again.status, await readWhole(docker, call, again, signal))
}

/** Reads a whole body as text. A large one waits for its turn. */
const readWhole = (docker: Docker, call: Call, response: EngineResponse, signal: AbortSignal) =>
  withTurn(docker.turns, signal, (takeTurn) =>
    readText(response, nameOf(call), signal, undefined, takeTurn),
  )

const sendAs = (docker: Docker, version: string, call: Call, signal: AbortSignal) =>
  docker.transport({
    method: call.method,
    path: `/v${version}${call.path}${queryOf(call)}`,
    signal,
    ...(call.body === undefined
      ? call.headers && { headers: call.headers }
      : {
          headers: { ...call.headers, 'content-type': 'application/json' },
          body: JSON.stringify(call.body),
        }),
  })

const queryOf = ({ query = {} }: Call): string => {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) params.set(key, value)
  return params.size === 0 ? '' : `?${params}`
}

const decode = <S extends v.GenericSchema>(
  call: Call,
  text: string,
  schema: S,
): v.InferOutput<S> => {
  const result = v.safeParse(schema, parseJson(call, text))
  if (result.success) return result.output
  const [issue] = result.issues
  // The message has only the path and the expected type, because a value may hold a user's environment.
  throw new DockerError(
    'unexpected_answer',
    `${nameOf(call)}: the answer's ${v.getDotPath(issue) ?? 'body'} is not ${issue.expected ?? 'as expected'}`,
  )
}

const parseJson = (call: Call, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // JSON.parse's own message would quote the text.
    throw new DockerError('unexpected_answer', `${nameOf(call)}: the answer is not JSON`)
  }
}

const nameOf = (call: Call): string => `${call.method} ${call.path}`
