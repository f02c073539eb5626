import type { Readable } from 'node:stream'
import { Pool } from 'undici'
import { DockerError, type DockerErrorCode } from './errors.ts'
import type { EngineTransport } from './transport.ts'

/** Where an Engine listens, as `DOCKER_HOST` spells it, and how to prove who we are. */
export type EngineAddress = {
  /** `unix:///var/run/docker.sock`, `tcp://10.0.0.1:2376`, `http://…` or `https://…`. */
  host: string
  tls?: TlsFiles
}

/** PEM texts. Without `ca` the system's authorities are trusted. */
export type TlsFiles = { ca?: string; cert?: string; key?: string; skipVerify?: boolean }

export type NodeTransport = EngineTransport & { close: () => Promise<void> }

/** Makes the transport of Node.js: undici over a unix socket, TCP, or TCP with mutual TLS. */
export const nodeTransport = ({ host, tls }: EngineAddress): NodeTransport => {
  const url = new URL(host)
  const isUnix = url.protocol === 'unix:'
  const origin = isUnix ? 'http://docker' : `${tls ? 'https' : schemeOf(url)}://${url.host}`
  // A pool of one origin: an Agent would parse the address anew with each call, a tenth of its time.
  const pool = new Pool(origin, {
    connections: 64,
    allowH2: false,
    // Kept longer than undici's 4 s, so that sparse polls over TLS don't shake hands each time.
    keepAliveTimeout: 60_000,
    // Deadlines are the signal's; logs and events may stay silent for hours.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: isUnix ? { socketPath: decodeURIComponent(url.pathname) } : tlsOptions(tls),
  })

  let underWay = 0
  const transport: EngineTransport = async ({ method, path, headers, body, signal }) => {
    // Calls that come together are written together; at 64 at once that took some 4 % off each (bench/call-time.ts).
    if (underWay++ > 0) await new Promise(setImmediate)
    try {
      const response = await pool.request({
        path,
        method,
        headers: headers ?? {},
        body: body ?? null,
        signal,
      })
      return {
        status: response.statusCode,
        header: (name) => response.headers[name]?.toString(),
        body: response.body,
        text: (maxBytes) => readAll(response.body, maxBytes),
      }
    } catch (cause) {
      throw signal.aborted ? signal.reason : connectError(host, cause)
    } finally {
      underWay--
    }
  }
  return Object.assign(transport, { close: () => pool.close() })
}

/** An async iterator would take a tenth of a small call. */
const readAll = (body: Readable, maxBytes: number): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let bytes = 0
    body.on('data', (chunk: Uint8Array) => {
      bytes += chunk.byteLength
      chunks.push(chunk)
      if (bytes <= maxBytes) return
      resolve(undefined)
      body.destroy()
    })
    body.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    body.on('error', reject)
  })

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

/** TLS 1.3 reports a refused client certificate only after the handshake, as an alert or a closed connection. */
const fallback = (errorCode: string): [DockerErrorCode, hint: string] =>
  /^(ERR_(SSL|OSSL|TLS)_|CERT_|UNABLE_TO_)/.test(errorCode)
    ? ['tls', 'the TLS handshake failed; check ca.pem, cert.pem and key.pem']
    : ['connection_lost', 'the connection broke before an answer']

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
