import * as v from 'valibot'
import { readText } from './body.ts'
import { withDeadline, withDeadlineForHeaders } from './deadline.ts'
import type { Docker } from './docker.ts'
import { DockerError } from './errors.ts'
import { refusal } from './refusal.ts'
import { readSkimmed, wantedOf } from './skimmed-body.ts'
import type { EngineRequest, EngineResponse } from './transport.ts'
import { withTurn } from './turns.ts'

/** What every Engine call takes: the caller's signal, and how long the answer may take. */
export type CallOptions = { signal?: AbortSignal | undefined; timeoutMs?: number }

type Call = CallOptions & {
  method: EngineRequest['method']
  /** Without version prefix; ids and names in it are made safe with `encodeURIComponent`. */
  path: string
  query?: Record<string, string | undefined>
  headers?: Record<string, string>
  body?: unknown
}

/** Calls the Engine and parses its JSON answer; throws a DockerError, or the reason of an aborted signal. */
export const request = <S extends v.GenericSchema>(
  docker: Docker,
  call: Call & {
    schema: S
    /** Of a large answer, hold only what the schema reads, and of its records these keys. */
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

/** Calls the Engine where no body is expected back. */
export const requestNothing = (docker: Docker, call: Call): Promise<void> =>
  withDeadline(call, nameOf(call), async (signal) => {
    await readWhole(docker, call, await send(docker, call, signal), signal)
  })

/** Calls the Engine and hands out the unread body, which may stay silent for hours; the deadline ends with the headers. */
export const requestStream = (docker: Docker, call: Call): Promise<EngineResponse> =>
  withDeadlineForHeaders(call, nameOf(call), (signal) => send(docker, call, signal))

/** Calls the Engine and hands out the headers only. */
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
  // The Engine behind this address was replaced since we agreed: agree again, once.
  docker.forgetApiVersion()
  const again = await sendAs(docker, await docker.apiVersion(signal), call, signal)
  if (again.status < 400) return again
  throw refusal(nameOf(call), again.status, await readWhole(docker, call, again, signal))
}

/** A body that is not JSON to be decoded; where it is large, in turn as well. */
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
  // The path and the expected type only: a value may hold a user's environment.
  throw new DockerError(
    'unexpected_answer',
    `${nameOf(call)}: the answer's ${v.getDotPath(issue) ?? 'body'} is not ${issue.expected ?? 'as expected'}`,
  )
}

const parseJson = (call: Call, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON.parse's own message: it quotes the text.
    throw new DockerError('unexpected_answer', `${nameOf(call)}: the answer is not JSON`)
  }
}

const nameOf = (call: Call): string => `${call.method} ${call.path}`
