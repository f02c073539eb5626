import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { RealEngine } from './engine-lab.ts'
import { runInside } from './run-inside.ts'

/** The place of a registry in an Engine's network: this process answers, or passes requests on to a registry. */
export interface Gate {
  /** The address in image names. */
  address: string
  /** The requests that came, such as `HEAD /v2/team/lab/manifests/1`. */
  seen: string[]
  /** Says what happens to requests from now on; see registry-manners.ts. `down`: connections are refused. */
  behave(manner: RequestListener | 'down'): Promise<void>
  close(): Promise<void>
}

export interface GateOptions {
  /** An address of the Engine; its loopback by default, where Engines speak HTTP and trust every certificate. */
  host?: string
  port?: number
  /** The gate speaks TLS with this certificate. */
  tls?: { cert: string; key: string }
}

/** Opens a gate in an Engine's network, at 127.0.0.1:5000 by default. */
export const openGate = async (
  engine: Pick<RealEngine, 'namespace'>,
  manner: RequestListener,
  { host = '127.0.0.1', port = 5000, tls }: GateOptions = {},
): Promise<Gate> => {
  const seen: string[] = []
  let current = manner
  const listener: RequestListener = (request, response) => {
    seen.push(`${request.method} ${request.url}`)
    current(request, response)
  }
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  const path = join(engine.namespace.scratch, `gate-${randomBytes(4).toString('hex')}.sock`)
  await once(server.listen(path), 'listening')
  server.unref()
  const open = () =>
    runInside(engine, join(import.meta.dirname, 'gate-inside.ts'), [host, String(port), path])
  let shut: (() => Promise<void>) | undefined = await open()
  const close = async () => {
    await shut?.()
    shut = undefined
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: `${host}:${port}`,
    seen,
    behave: async (next) => {
      if (next === 'down') return close()
      current = next
      shut ??= await open()
    },
    close: async () => {
      await close()
      server.close()
    },
  }
}
