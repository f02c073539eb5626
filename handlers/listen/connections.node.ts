import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server, Socket } from 'node:net'
import type { Log } from '../every-call/log.ts'
import type { CallerLimits } from '../settings/caller-settings.ts'
import type { Connection } from './connection.node.ts'
import { hangUpBusy } from './hang-up-busy.node.ts'

const TELL_EVERY_MS = 10_000

/** Connections are accepted many at once, before a byte of any is read: so long a newcomer has to say who it is. */
const GRACE_MS = 100

/**
 * Keeps the connections in bounds on which no verified call is being answered: one too many, of all or of an address, closes
 * the one that has been quiet for longest, after a moment or, at twice as many, at once. A newcomer is never turned away,
 * since it may be the hub.
 */
export const createConnections = (limits: CallerLimits, log: Log) => {
  const byName = new Map<string, Connection>()
  const queues = createQueues()
  let closed = 0

  const tell = () => {
    const detail = `${closed} of callers that are not known as hubs, in ${TELL_EVERY_MS / 1000} s`
    log({ level: 'warn', message: 'connections were closed to make room for new ones', detail })
    closed = 0
  }
  const close = (connection: Connection) => {
    queues.leave(connection)
    if (closed++ === 0) setTimeout(tell, TELL_EVERY_MS).unref()
    hangUpBusy(connection)
  }
  /** Closes the oldest of too many that share an address with this one, or share all there is. */
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
    /** Looks at each connection that a server is given; `isSecured` where TLS comes before HTTP. */
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
    /** Spares a connection until a verified call on it is answered. */
    spare: (socket: Socket, answer: ServerResponse): void => {
      const connection = byName.get(nameOf(socket))
      if (!connection) return
      connection.verified++
      queues.leave(connection)
      answer.once('close', () => {
        if (--connection.verified === 0 && !connection.socket.destroyed) wait(connection)
      })
    },
    /** Closes all on which no verified call is being answered. */
    closeUnverified: (): void => {
      for (const connection of [...queues.all]) {
        queues.leave(connection)
        connection.socket.destroy()
      }
    },
  }
}

const oldest = <T>(queue: ReadonlySet<T>): T | undefined => queue.values().next().value

/** No two open connections have the same ends. Undefined ends are those of one that has gone, which nobody looks up. */
const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

/** Connections in the order of their last use, all together and of each address. */
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
