import { createServer, Server } from 'node:https'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import type { Log } from '../every-call/log.ts'
import { EnvError } from '../settings/env-error.ts'
import type { TlsPaths } from '../settings/listen-settings.ts'
import type { ReadFile } from '../settings/read-secret.ts'
import { HANDSHAKE_TIMEOUT_MS, SERVER_OPTIONS } from './server-options.node.ts'

/** A certificate that was read and fits its key. */
export type TlsOptions = SecureContextOptions & {
  cert: string
  key: string
  ca?: string
  requestCert: boolean
  rejectUnauthorized: boolean
}

const RELOAD_EVERY_MS = 5000

/**
 * Makes a server with the certificate that the settings name. It uses new files when they change. Throws an
 * EnvError.
 */
export const createTlsServer = (
  fetch: Parameters<typeof createAdaptorServer>[0]['fetch'],
  { tls, readFile, ...more }: { tls: TlsPaths; readFile: ReadFile; log: Log; signal: AbortSignal },
): ServerType => {
  const read = () => readTls(tls, readFile)
  const options = read()
  const server = createAdaptorServer({
    fetch,
    createServer,
    serverOptions: { ...SERVER_OPTIONS, handshakeTimeout: HANDSHAKE_TIMEOUT_MS, ...options },
  })
  if (server instanceof Server) keepTlsCurrent(server, options, { read, ...more })
  return server
}

/** Reads the certificate and tests it. The EnvError says what cannot be used, and nothing about a key. */
export const readTls = ({ cert, key, clientCa }: TlsPaths, readFile: ReadFile): TlsOptions => {
  const ca = clientCa && readPem('SWARMSPAWNER_TLS_CLIENT_CA', clientCa, readFile)
  const options: TlsOptions = {
    cert: readPem('SWARMSPAWNER_TLS_CERT', cert, readFile),
    key: readPem('SWARMSPAWNER_TLS_KEY', key, readFile),
    ...(ca && { ca }),
    minVersion: 'TLSv1.2',
    requestCert: Boolean(ca),
    rejectUnauthorized: Boolean(ca),
  }
  try {
    createSecureContext(options)
  } catch (cause) {
    throw new EnvError(
      `SWARMSPAWNER_TLS_CERT and SWARMSPAWNER_TLS_KEY are not a certificate and the key that fits it (${codeOf(cause)})`,
    )
  }
  return options
}

/**
 * Reads the files every `everyMs` until the signal aborts, and uses new ones for new connections. Open
 * connections keep theirs. If a new pair cannot be used or is half written, the old pair stays and the log says
 * why. It compares contents and does not listen to events, so it also notices files that are replaced by links,
 * as certbot does.
 */
export const keepTlsCurrent = (
  server: Pick<Server, 'setSecureContext'>,
  current: TlsOptions,
  {
    read,
    log,
    signal,
    everyMs = RELOAD_EVERY_MS,
  }: { read: () => TlsOptions; log: Log; signal: AbortSignal; everyMs?: number },
): void => {
  let [used, told] = [textOf(current), '']
  const look = () => {
    try {
      const next = read()
      told = ''
      if (textOf(next) === used) return
      server.setSecureContext(next)
      used = textOf(next)
      log({ level: 'info', message: 'the TLS certificate was replaced' })
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      if (detail === told) return
      told = detail
      log({ level: 'error', message: 'the old TLS certificate stays in use', detail })
    }
  }
  const timer = setInterval(look, everyMs)
  timer.unref()
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}

const textOf = ({ cert, key, ca }: TlsOptions): string => [cert, key, ca].join('\n')

const readPem = (name: string, path: string, readFile: ReadFile): string => {
  const text = readText(name, path, readFile)
  // Without any authority, Node.js would accept every certificate.
  if (/-----BEGIN [A-Z ]+-----/.test(text)) return text
  throw new EnvError(`${name}: ${path} is not in PEM`)
}

const readText = (name: string, path: string, readFile: ReadFile): string => {
  try {
    return readFile(path)
  } catch (cause) {
    throw new EnvError(`${name}: ${path} can't be read`, { cause })
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
