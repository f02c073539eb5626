import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { setImmediate as afterReading } from 'node:timers/promises'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import type { Log } from '../every-call/log.ts'
import type { Settings } from '../settings/service-settings.ts'
import { MAX_CALLS_PER_CONNECTION, MAX_HEADERS, SERVER_OPTIONS } from './server-options.node.ts'

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch']

/** Makes the server, for HTTP or TLS as the settings say. It does not listen yet. Throws an EnvError. */
export const createHttpServer = async (
  fetch: Fetch,
  { tls, ...more }: { tls: Settings['tls']; log: Log; signal: AbortSignal },
): Promise<ServerType> => {
  const server = tls
    ? (await import('./tls.node.ts')).createTlsServer(fetch, { tls, readFile, ...more })
    : createAdaptorServer({ fetch, createServer, serverOptions: SERVER_OPTIONS })
  if ('maxHeadersCount' in server) {
    server.maxHeadersCount = MAX_HEADERS
    server.maxRequestsPerSocket = MAX_CALLS_PER_CONNECTION
  }
  return server
}

/** 3 s: how long unverified calls may go on before their connections are closed, and how long new connections may still come. */
const PATIENCE_MS = 3000

/**
 * Takes over the connections that the kernel has made already, waits until hubs' calls have ended, and closes the server.
 * `closeUnverified` closes all other connections.
 */
export const closeServer = async (
  server: ServerType,
  closeUnverified: () => void,
): Promise<void> => {
  const strangers = setInterval(closeUnverified, PATIENCE_MS)
  await takeLastConnections(server)
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection with an open call becomes idle only after its answer, and would then be kept for seconds.
  const hangUp = setInterval(() => setImmediate(closeIdle, server), 50)
  await closed.finally(() => {
    clearInterval(hangUp)
    clearInterval(strangers)
  })
}

/**
 * Resolves when no connection is left that the kernel made and Node.js has not seen: closing the server would reset it, though
 * its caller may have sent a call. What was sent on older connections has been read then, too.
 */
const takeLastConnections = async (server: ServerType): Promise<void> => {
  const until = performance.now() + PATIENCE_MS
  let isNew = true
  const see = () => {
    isNew = true
  }
  server.on('connection', see)
  while (isNew && performance.now() < until) {
    isNew = false
    await afterReading()
    await afterReading()
  }
  server.off('connection', see)
}

const closeIdle = (server: ServerType): void => {
  if ('closeIdleConnections' in server) server.closeIdleConnections()
}

const readFile = (path: string): string => readFileSync(path, 'utf8')
