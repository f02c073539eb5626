import { once } from 'node:events'
import { chmodSync, chownSync, statSync } from 'node:fs'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'

/** A call to the Engine, such as `GET /tasks`: without API version, ids and query. */
export type EngineCall = { at: number; name: string }

/** A unix socket in front of the Engine's own. */
export type CountedSocket = {
  path: string
  /** The calls that came at `from` or later, in milliseconds of Date.now(). */
  calls(from: number): EngineCall[]
  close(): void
}

/**
 * Listens at a path, passes every call on to the Engine, and counts it. Everybody who may open the Engine's
 * socket may open this one.
 */
export const countCallsAt = async (path: string, engineSocket: string): Promise<CountedSocket> => {
  const agent = new Agent({ keepAlive: true })
  const calls: EngineCall[] = []
  const server = createServer((asked, answer) => {
    calls.push({ at: Date.now(), name: nameOf(asked) })
    passOn(asked, answer, { socketPath: engineSocket, agent })
  })
  // Connections stay open as long as the client wants, as with dockerd.
  server.keepAliveTimeout = 0
  server.listen(path)
  await once(server, 'listening')
  openAs(path, engineSocket)
  return {
    path,
    calls: (from) => calls.filter(({ at }) => at >= from),
    close: () => {
      server.close()
      server.closeAllConnections()
      agent.destroy()
    },
  }
}

/** Gives a socket the owner, group and mode of another one. The service is not root and only has the group. */
const openAs = (path: string, other: string): void => {
  const { uid, gid, mode } = statSync(other)
  chownSync(path, uid, gid)
  chmodSync(path, mode & 0o777)
}

const nameOf = ({ method, url = '' }: IncomingMessage): string =>
  `${method} ${/^(?:\/v[\d.]+)?(\/[a-z_]+)/.exec(url)?.[1]}`

const passOn = (
  asked: IncomingMessage,
  answer: ServerResponse,
  to: { socketPath: string; agent: Agent },
): void => {
  const { method, url: path, headers } = asked
  const sent = request({ ...to, method, path, headers }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers)
    // A client that leaves early is no error here.
    pipeline(answered, answer, () => {})
  })
  sent.on('error', () => answer.destroy())
  answer.on('close', () => sent.destroy())
  pipeline(asked, sent, () => {})
}
