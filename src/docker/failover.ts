import { readText } from './body.ts'
import { withDeadlineForHeaders } from './deadline.ts'
import { type DockerError, isDockerError, isUnreachable } from './errors.ts'
import { refusal } from './refusal.ts'
import type { EngineRequest, EngineResponse, EngineTransport } from './transport.ts'

/** How long a manager may be silent before another is asked; in an election all of them are, for 9 to 16 s. */
const PATIENCE_MS = 5000

/**
 * Makes one transport of several managers': stays with the one that serves, and goes on to the next where it is out of
 * reach, silent, or says that it can't serve. What may have been done is not sent twice: such a POST ends with its
 * error, and only the next request asks another manager.
 */
export const failover = (
  transports: readonly [EngineTransport, ...EngineTransport[]],
  { patienceMs = PATIENCE_MS }: { patienceMs?: number } = {},
): EngineTransport => {
  const [first, ...others] = transports
  if (others.length === 0) return first
  let current = first

  return async (request) => {
    const at = transports.indexOf(current)
    const line = [...transports.slice(at), ...transports.slice(0, at)]
    let outcome: Outcome = {}
    for (const [nth, manager] of line.entries()) {
      const isHurried = request.method !== 'POST' && nth < others.length
      outcome = await ask(manager, request, isHurried ? patienceMs : undefined)
      const { trouble } = outcome
      if (!trouble) break
      // Who was only silent is asked once more where nobody else can serve, and may take all of the time.
      if (isHurried && isDockerError(trouble, 'timeout')) line.push(manager)
      // Unless another request has gone on already.
      if (current === manager) current = line[nth + 1] ?? line[0] ?? first
      if (request.signal.aborted || !mayRepeat(request, trouble)) break
    }
    if (outcome.response) return outcome.response
    throw outcome.trouble
  }
}

/** What came of asking one manager; `trouble` says why another one should be asked. */
type Outcome = { response?: EngineResponse; trouble?: DockerError }

const ask = async (
  manager: EngineTransport,
  request: EngineRequest,
  timeoutMs: number | undefined,
): Promise<Outcome> => {
  try {
    if (timeoutMs === undefined) return await judge(manager, request)
    const limits = { signal: request.signal, timeoutMs }
    return await withDeadlineForHeaders(limits, nameOf(request), (signal) =>
      judge(manager, { ...request, signal }),
    )
  } catch (error) {
    if (isDockerError(error)) return { trouble: error }
    throw error
  }
}

const judge = async (manager: EngineTransport, request: EngineRequest): Promise<Outcome> => {
  const response = await manager(request)
  if (response.status < 400) return { response }
  const text = await readText(response, nameOf(request), request.signal)
  const error = refusal(nameOf(request), response.status, text)
  const unread = { ...response, body: bytesOf(text), text: async () => text }
  return { response: unread, ...(isUnreachable(error) && { trouble: error }) }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}

/** A POST is sent again only where it was certainly not carried out. */
const mayRepeat = ({ method }: EngineRequest, trouble: DockerError): boolean =>
  method === 'POST'
    ? isDockerError(
        trouble,
        ...(['unreachable', 'permission_denied', 'tls'] as const),
        ...(['not_in_swarm', 'not_a_manager', 'locked'] as const),
      )
    : isUnreachable(trouble)

const nameOf = ({ method, path }: EngineRequest): string => `${method} ${path}`
