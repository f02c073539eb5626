import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server, Socket } from 'node:net'
import type { Log } from '../every-call/log.ts'
import type { CallerLimits } from '../settings/caller-settings.ts'
import type { Connection } from './connection.node.ts'
import { hangUpBusy } from './hang-up-busy.node.ts'

const TELL_EVERY_MS = 10_000

/**
 * 100 ms: Node.js accepts many connections before it reads a byte from any. A new one has this long to prove
 * that it is a hub.
 */
const GRACE_MS = 100

/**
 * Limits the connections that have no verified call. When there is one too many, in total or from one address,
 * the one that was silent longest is closed: after a moment, or at once if there are twice as many. A new
 * connection is never refused, because it may be the hub's.
 */
export const createConnections = (limits: CallerLimits, log: Log) => {
  const byName = new Map<string, Connection>()
  const queues = createQueues()
  let closed = 0

  const tell = () => {
    const detail = `${closed} connections without a hub's call, in ${TELL_EVERY_MS / 1000} s`
    log({ level: 'warn', message: 'closed connections to make room for new ones', detail })
    closed = 0
  }
  const close = (connection: Connection) => {
    queues.leave(connection)
    if (closed++ === 0) setTimeout(tell, TELL_EVERY_MS).unref()
    hangUpBusy(connection)
  }
  /** Closes the oldest connections, if this address or the whole service has too many. */
  const trim = (connection: Connection, factor: 1 | 2) => {
    const own = queues.ofAddress(connection.address)
    while (own.size > factor * limits.maxConnectionsPerAddress) close(oldest(own) ?? connection)
    while (queues.all.size > factor * limits.maxConnections) close(oldest(queues.all) ?? connection)
  }
  /** From now on the connection may be closed, after all others. */
  const wait = (connection: Connection) => {
    queues.join(connection)
    trim(connection, 2)
    const own = queues.ofAddress(connection.address)
    if (own.size > limits.maxConnectionsPerAddress || queues.all.size > limits.maxConnections)
      setTimeout(() => trim(connection, 1), GRACE_MS).unref()
  }
  const open = (socket: Socket, isSecured: boolean) => {
    const name = nameOf(socket)
    const connection: Connection = {
      address: socket.remoteAddress ?? '',
      stream: isSecured ? undefined : socket,
      socket,
      verified: 0,
    }
    byName.set(name, connection)
    socket.once('close', () => {
      if (byName.get(name) === connection) byName.delete(name)
      queues.leave(connection)
    })
    wait(connection)
  }

  return {
    /** Watches each connection of a server. `isSecured` means that TLS comes before HTTP. */
    watch: (server: Server, isSecured: boolean): void => {
      server.on('connection', (socket: Socket) => open(socket, isSecured))
      server.on('secureConnection', (stream: Socket) => {
        const connection = byName.get(nameOf(stream))
        if (connection) connection.stream = stream
      })
      server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
        const connection = byName.get(nameOf(socket))
        if (connection) connection.answer = answer
      })
    },
    /** Keeps a connection open until a verified call on it is answered. */
    spare: (socket: Socket, answer: ServerResponse): void => {
      const connection = byName.get(nameOf(socket))
      if (!connection) return
      connection.verified++
      queues.leave(connection)
      answer.once('close', () => {
        if (--connection.verified === 0 && !connection.socket.destroyed) wait(connection)
      })
    },
    /** Closes all connections that have no verified call. */
    closeUnverified: (): void => {
      for (const connection of [...queues.all]) {
        queues.leave(connection)
        connection.socket.destroy()
      }
    },
  }
}

const oldest = <T>(queue: ReadonlySet<T>): T | undefined => queue.values().next().value

/**
 * A name for a connection: two open ones never have the same remote end. A closed one has no ends, and nobody
 * looks it up.
 */
const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

/** Connections in the order of their last use, in total and by address. */
const createQueues = () => {
  const all = new Set<Connection>()
  const byAddress = new Map<string, Set<Connection>>()
  const ofAddress = (address: string): Set<Connection> => byAddress.get(address) ?? new Set()
  return {
    all: all as ReadonlySet<Connection>,
    ofAddress,
    join: (connection: Connection): void => {
      all.add(connection)
      byAddress.set(connection.address, ofAddress(connection.address).add(connection))
    },
    leave: (connection: Connection): void => {
      all.delete(connection)
      const queue = ofAddress(connection.address)
      queue.delete(connection)
      if (queue.size === 0) byAddress.delete(connection.address)
    },
  }
}
