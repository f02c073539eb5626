import { lstat, rm } from 'node:fs/promises'
import { connect, type ListenOptions } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { EmbeddedEngine } from './engine.ts'

type Listening = { dockerHost: string; close: () => Promise<void> }
type Server = ReturnType<typeof createAdaptorServer>

/**
 * Serves an embedded engine on a socket, for the docker CLI and other processes. `dockerHost` is the value for
 * DOCKER_HOST. Throws when somebody listens there already. A socket file that nobody listens on is replaced.
 */
export const listenEmbedded = async (
  engine: EmbeddedEngine,
  host: `unix://${string}` | `tcp://${string}`,
): Promise<Listening> => {
  const url = new URL(host)
  const server = createAdaptorServer({ fetch: engine.fetch, overrideGlobalObjects: false })
  if (url.protocol === 'unix:') return listenOnSocket(server, decodeURIComponent(url.pathname))
  await listen(server, { host: url.hostname, port: Number(url.port || 2375) })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : url.port
  return { dockerHost: `tcp://${url.hostname}:${port}`, close: () => close(server) }
}

const listenOnSocket = async (server: Server, path: string): Promise<Listening> => {
  if (await isStale(path)) await rm(path)
  await listen(server, { path })
  return {
    dockerHost: `unix://${path}`,
    close: async () => {
      await close(server)
      await rm(path, { force: true })
    },
  }
}

const listen = (server: Server, options: ListenOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, resolve)
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
    // Events and followed logs would keep their connections open for ever.
    if ('closeAllConnections' in server) server.closeAllConnections()
  })

/** Returns whether a path is a socket file that refuses connections. We never remove a file of another kind. */
const isStale = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', async (error) => {
      const isRefused = 'code' in error && error.code === 'ECONNREFUSED'
      resolve(isRefused && (await lstat(path)).isSocket())
    })
  })
