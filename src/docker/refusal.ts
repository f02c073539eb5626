import { engineWords } from './engine-words.ts'
import { DockerError, type DockerErrorCode } from './errors.ts'

/**
 * Answers whose text says more than their status. Swarm reports "no leader" and its own deadlines as 500, and
 * four different problems as 503. The Engine also passes on a registry's errors as 500. The first row that
 * matches counts. Swarm's texts are the same from Engine 20.10 to 29.7.
 */
const BY_TEXT: readonly [httpStatus: number, text: RegExp, code: DockerErrorCode][] = [
  [400, /^Client sent an HTTP request to an HTTPS server/, 'tls'],
  [403, /^This node is not a swarm manager/, 'not_in_swarm'],
  [500, /^This node is not a swarm manager/, 'not_in_swarm'],
  [500, /^network .+ not found$/, 'network_not_found'],
  [500, /constraint expected one operator/, 'bad_request'],
  [500, /no basic auth credentials$|^unauthorized: |: 401 Unauthorized$/, 'unauthorized'],
  [500, /^(?:Get|Head) "|^(?:\w+: )?failed to resolve reference "/, 'server_error'],
  [500, /update out of sequence/, 'out_of_sequence'],
  [500, /does not have a leader|lost leader status/, 'no_leader'],
  [500, /context deadline exceeded|DeadlineExceeded|RST_STREAM/, 'no_leader'],
  [503, /Use "docker swarm init" or "docker swarm join"/, 'not_in_swarm'],
  [503, /Worker nodes can't be used/, 'not_a_manager'],
  [503, /Swarm is encrypted and needs to be unlocked/, 'locked'],
]

const BY_STATUS: Readonly<Record<number, DockerErrorCode>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  501: 'not_implemented',
  503: 'unavailable',
}

/** Makes the DockerError for an Engine's answer with status 400 or more. */
export const refusal = (call: string, httpStatus: number, body: string): DockerError => {
  const engineMessage = plainMessage(body) || `HTTP ${httpStatus}`
  const byText = BY_TEXT.find(([status, text]) => status === httpStatus && text.test(engineMessage))
  const code =
    byText?.[2] ?? BY_STATUS[httpStatus] ?? (httpStatus < 500 ? 'bad_request' : 'server_error')
  return new DockerError(code, `${call}: ${engineMessage}`, { httpStatus, engineMessage })
}

/**
 * Swarm puts gRPC's words before its sentences: "rpc error: code = NotFound desc = service web not found". When
 * it cannot expand the template of a variable, it quotes the variable's value. We keep only the variable's
 * name.
 */
const plainMessage = (body: string): string => {
  const words = messageOf(body)
    .slice(0, MAX_BODY)
    .replace(/^(rpc error: code = \w+ desc = )+/, '')
    .replace(/(expanding env "[^=]*=).*$/s, '$1[redacted]"')
  return engineWords(words).trim()
}

/** 4096: twice what we keep. A secret at the place of the later cut is then still recognized. */
const MAX_BODY = 4096

const messageOf = (body: string): string => {
  try {
    const parsed: unknown = JSON.parse(body)
    const isProblem = typeof parsed === 'object' && parsed !== null && 'message' in parsed
    if (isProblem && typeof parsed.message === 'string') return parsed.message
  } catch {
    // Not JSON: proxies and TLS ports answer in plain text or HTML.
  }
  return body.slice(0, 500)
}
