import { readText } from './body.ts'
import { type DockerError, isDockerError, isUnreachable } from './errors.ts'
import { refusal } from './refusal.ts'
import type { EngineRequest, EngineResponse, EngineTransport } from './transport.ts'

/** What an Engine says where it refuses, with all that it quotes of a call. */
const MAX_REFUSAL_BYTES = 1024 * 1024

/** How long a manager may be silent before another is asked too; in an election all of them are, for 9 to 16 s. */
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
  const passOver = (manager: EngineTransport) => {
    // Unless another request has gone on already.
    if (manager === current) current = transports[transports.indexOf(manager) + 1] ?? first
  }
  return async (request) => {
    request.signal.throwIfAborted()
    const at = transports.indexOf(current)
    const line = [...transports.slice(at), ...transports.slice(0, at)]
    return askInTurn(line, request, { patienceMs, passOver })
  }
}

/** Asks one after the other, and goes on waiting for those who are silent: the first one that serves has it. */
const askInTurn = (
  line: EngineTransport[],
  request: EngineRequest,
  { patienceMs, passOver }: { patienceMs: number; passOver: (manager: EngineTransport) => void },
): Promise<EngineResponse> =>
  new Promise((resolve, reject) => {
    const running = new Set<Attempt>()
    const troubles: DockerError[] = []

    const askNext = () => {
      const manager = line.shift()
      if (!manager) return
      const own = attempt(manager, request)
      running.add(own)
      const goOn = () => {
        passOver(manager)
        askNext()
      }
      const timer = request.method === 'POST' ? undefined : setTimeout(goOn, patienceMs)
      const serve = (response: EngineResponse) => {
        for (const loser of running) if (loser !== own) loser.callOff()
        resolve(response)
      }
      const fail = (error: unknown) => {
        running.delete(own)
        if (!isDockerError(error)) return reject(error)
        passOver(manager)
        if (request.signal.aborted || !mayRepeat(request, error)) return reject(error)
        troubles.push(error)
        askNext()
        if (running.size === 0) reject(mostTelling(troubles))
      }
      own.answer.then(serve, fail).finally(() => clearTimeout(timer))
    }
    askNext()
  })

type Attempt = { answer: Promise<EngineResponse>; callOff: () => void }

/** Asks one manager, in a way that can be called off without the others. */
const attempt = (manager: EngineTransport, request: EngineRequest): Attempt => {
  const own = new AbortController()
  const follow = () => own.abort(request.signal.reason)
  request.signal.addEventListener('abort', follow, { once: true })
  return { answer: ask(manager, { ...request, signal: own.signal }), callOff: () => own.abort() }
}

/** An answer that says that this manager can't serve is thrown. */
const ask = async (manager: EngineTransport, request: EngineRequest): Promise<EngineResponse> => {
  const response = await manager(request)
  if (response.status < 400) return response
  const name = `${request.method} ${request.path.replace(/^\/v[\d.]+(?=\/)|\?.*/g, '')}`
  const text = await readText(response, name, request.signal, MAX_REFUSAL_BYTES)
  const error = refusal(name, response.status, text)
  if (isUnreachable(error)) throw error
  return { ...response, body: bytesOf(text), text: async () => text }
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

/** Of several failures, the one that an Engine told is worth more than the one that says an Engine is gone. */
const mostTelling = (troubles: readonly DockerError[]): DockerError | undefined =>
  troubles.find(({ engineMessage }) => engineMessage !== undefined) ?? troubles.at(-1)
