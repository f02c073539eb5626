import { readText } from './body.ts'
import { type DockerError, isCertainlyUndone, isDockerError, isUnreachable } from './errors.ts'
import { refusal } from './refusal.ts'
import type { EngineRequest, EngineResponse, EngineTransport } from './transport.ts'

/** 1 MiB: an Engine's refusal may quote large parts of the request. */
const MAX_REFUSAL_BYTES = 1024 * 1024

/**
 * 5 s: after that long a silence we also ask the next manager. During an election all managers are silent, for
 * 9 to 16 s.
 */
const PATIENCE_MS = 5000

/**
 * Makes one transport from those of several managers. It stays with the manager that answers. It goes on to the
 * next one when that manager is out of reach, is silent, or says that it cannot serve. A POST that may have
 * been carried out is not sent again: it ends with its error, and the next request asks another manager.
 */
export const failover = (
  transports: readonly [EngineTransport, ...EngineTransport[]],
  { patienceMs = PATIENCE_MS }: { patienceMs?: number } = {},
): EngineTransport => {
  const [first, ...others] = transports
  if (others.length === 0) return first
  let current = first
  const passOver = (manager: EngineTransport) => {
    // Another request may have gone on already.
    if (manager === current) current = transports[transports.indexOf(manager) + 1] ?? first
  }
  return async (request) => {
    request.signal.throwIfAborted()
    const at = transports.indexOf(current)
    const line = [...transports.slice(at), ...transports.slice(0, at)]
    return askInTurn(line, request, { patienceMs, passOver })
  }
}

/**
 * Asks the managers one after the other and keeps waiting for the silent ones. The first manager that can serve
 * gives the answer.
 */
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

/** Asks one manager. `callOff` ends this attempt and no other. */
const attempt = (manager: EngineTransport, request: EngineRequest): Attempt => {
  const own = new AbortController()
  const follow = () => own.abort(request.signal.reason)
  request.signal.addEventListener('abort', follow, { once: true })
  return { answer: ask(manager, { ...request, signal: own.signal }), callOff: () => own.abort() }
}

/** Asks one manager. Throws when its answer says that it cannot serve. */
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

/**
 * Returns whether the request may be sent to another manager. A POST may, only if it was certainly not carried
 * out.
 */
const mayRepeat = ({ method }: EngineRequest, trouble: DockerError): boolean =>
  method === 'POST' ? isCertainlyUndone(trouble) : isUnreachable(trouble)

/** The failure to report. An Engine's own words tell more than "connection refused". */
const mostTelling = (troubles: readonly DockerError[]): DockerError | undefined =>
  troubles.find(({ engineMessage }) => engineMessage !== undefined) ?? troubles.at(-1)
