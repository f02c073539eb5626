import type { Pool } from 'undici'
import { DockerError, type DockerErrorCode } from './errors.ts'
import { exchange } from './exchange.node.ts'
import type { EngineTransport } from './transport.ts'

/** The address of an Engine, as in `DOCKER_HOST`, and the files that prove who we are. */
export type EngineAddress = {
  /** `unix:///var/run/docker.sock`, `tcp://10.0.0.1:2376`, `http://…` or `https://…`. */
  host: string
  tls?: TlsFiles
}

/** PEM texts. Without `ca`, the system's certificate authorities are trusted. */
export type TlsFiles = { ca?: string; cert?: string; key?: string; skipVerify?: boolean }

export type NodeTransport = EngineTransport & { close: () => Promise<void> }

/** Makes the transport of Node.js: undici over a unix socket, TCP, or TCP with mutual TLS. */
export const nodeTransport = ({ host, tls }: EngineAddress): NodeTransport => {
  const url = new URL(host)
  const isUnix = url.protocol === 'unix:'
  const origin = isUnix ? 'http://docker' : `${tls ? 'https' : schemeOf(url)}://${url.host}`
  const connect = isUnix ? { socketPath: decodeURIComponent(url.pathname) } : tlsOptions(tls)
  let pool: Promise<Pool> | undefined

  const transport: EngineTransport = async (request) => {
    try {
      pool ??= openPool(origin, connect)
      return await exchange(await pool, request)
    } catch (cause) {
      throw request.signal.aborted ? request.signal.reason : connectError(host, cause)
    }
  }
  return Object.assign(transport, { close: async () => (await pool)?.close() })
}

type Connect = NonNullable<Pool.Options['connect']>

/**
 * undici is a third of the code that this process loads at its start. So we load it with the first call to the
 * Engine.
 */
const openPool = async (origin: string, connect: Connect): Promise<Pool> => {
  // In a bundle, a CommonJS package has only a default export.
  const { Pool } = (await import('undici')).default
  // We use a Pool, which has one origin. An Agent would parse the address again for each call, which takes a
  // tenth of the call's time.
  return new Pool(origin, {
    // At most 64 connections. Further calls wait for a free one.
    connections: 64,
    allowH2: false,
    // 60 s instead of undici's 4 s, so that rare polls over TLS need no new handshake.
    keepAliveTimeout: 60_000,
    // The signals have the deadlines. Logs and events may be silent for hours.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect,
  })
}

const schemeOf = ({ protocol }: URL): 'http' | 'https' => (protocol === 'https:' ? 'https' : 'http')

const tlsOptions = ({ skipVerify, ...pem }: TlsFiles = {}) => ({
  ...pem,
  rejectUnauthorized: !skipVerify,
})

const MEANING: Readonly<Record<string, [DockerErrorCode, hint: string]>> = {
  ENOENT: ['unreachable', 'there is no such socket; is the Docker Engine running?'],
  ECONNREFUSED: ['unreachable', 'nobody listens there; is the Docker Engine running?'],
  ENOTFOUND: ['unreachable', 'the host name does not resolve'],
  EAI_AGAIN: ['unreachable', 'the host name could not be looked up'],
  EHOSTUNREACH: ['unreachable', 'there is no route to the host'],
  ENETUNREACH: ['unreachable', 'there is no route to the network'],
  UND_ERR_CONNECT_TIMEOUT: ['unreachable', 'the connection was not answered'],
  ETIMEDOUT: ['unreachable', 'the connection was not answered'],
  EACCES: ['permission_denied', 'this user may not open the socket; add it to the group "docker"'],
  EPERM: ['permission_denied', 'this user may not open the socket'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'the certificate is for another host name'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls', 'the port does not speak TLS'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', 'the certificate is not signed by our ca.pem'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', 'the certificate is not signed by our ca.pem'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', 'the certificate is not signed by our ca.pem'],
  CERT_HAS_EXPIRED: ['tls', 'the certificate has expired'],
}

const connectError = (host: string, cause: unknown): DockerError => {
  const errorCode = codeOf(cause)
  const [code, hint] = MEANING[errorCode] ?? fallback(errorCode)
  return new DockerError(code, `Docker Engine at ${host}: ${hint} (${errorCode || 'no code'})`, {
    cause,
  })
}

/**
 * The error for a code that is not in the table. TLS 1.3 reports a refused client certificate only after the
 * handshake, as an alert or a closed connection.
 */
const fallback = (errorCode: string): [DockerErrorCode, hint: string] =>
  /^(ERR_(SSL|OSSL|TLS)_|CERT_|UNABLE_TO_)/.test(errorCode)
    ? ['tls', 'the TLS handshake failed; check ca.pem, cert.pem and key.pem']
    : ['connection_lost', 'the connection broke before an answer']

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
