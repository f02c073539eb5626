import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { RealEngine } from './engine-lab.ts'
import { joinSockets } from './join-sockets.ts'
import { runInside } from './run-inside.ts'

/** A port on the host's loopback that leads into an Engine's network. */
export interface ForwardedPort {
  /** The port on 127.0.0.1. */
  port: number
  close(): Promise<void>
}

/**
 * Makes a port in an Engine's network, or at another address that it reaches, available at 127.0.0.1 of the
 * host. The port is the same by default; 0 takes a free one.
 */
export async function forwardPort(
  engine: Pick<RealEngine, 'namespace'>,
  inside: number | undefined,
  outside: number,
  address = '127.0.0.1',
): Promise<ForwardedPort> {
  const connections = new Set<Socket>()
  const path = join(engine.namespace.scratch, `forward-${randomBytes(4).toString('hex')}.sock`)
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    joinSockets(socket, connect({ path, allowHalfOpen: true }))
  })
  const port = await listen(server, outside)
  server.unref()
  const program = join(import.meta.dirname, 'forward.ts')
  const endInside = await runInside(engine, program, [path, address, String(inside ?? port)])
  const close = async () => {
    server.close()
    for (const connection of connections) connection.destroy()
    await endInside()
  }
  return { port, close }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
