import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import type { RequestOptions } from 'node:https'
import { json } from 'node:stream/consumers'
import {
  readListenAddress,
  readTlsPaths,
  type TlsPaths,
} from '../handlers/settings/listen-settings.ts'
import type { ProcessEnv } from '../src/docker/process-env.ts'

type Address = { url: string; tls: TlsPaths | undefined }

/** A service that listens on all addresses is asked on the loopback. */
const OWN_ADDRESSES = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
])

/**
 * The address of the service on its own machine, and its certificate, from the environment. Throws an EnvError.
 */
export const addressOf = (env: ProcessEnv): Address => {
  const { host, port } = readListenAddress(env)
  const tls = readTlsPaths(env, host)
  const own = OWN_ADDRESSES.get(host) ?? host
  const authority = `${own.includes(':') ? `[${own}]` : own}:${port}`
  return { url: `${tls ? 'https' : 'http'}://${authority}`, tls }
}

/** 8 s: longer than the service itself waits for the Engine (5 s). */
const TIMEOUT_MS = 8000

/**
 * Asks the service of an environment, at `/health` or `/ready`. Returns the URL that it asked, and what is wrong
 * if anything is. Throws an EnvError.
 */
export const askHealth = async (
  env: ProcessEnv,
  path: string,
): Promise<{ url: string; problem: string | undefined }> => {
  const address = addressOf(env)
  const problem = await ask(path, address).catch(reasonOf)
  return { url: address.url + path, problem }
}

/** Asks the service. Returns what is wrong, or undefined when the status is 200. */
const ask = async (path: string, { url, tls }: Address): Promise<string | undefined> => {
  const asked = tls ? await requestTls(url + path, tls) : requestHttp(url + path)
  let isSecure = false
  asked.once('socket', (socket) => socket.once('secureConnect', () => (isSecure = true)))
  asked.setTimeout(TIMEOUT_MS, () => asked.destroy(new Error('no answer')))
  asked.end()
  try {
    const [answer] = await once(asked, 'response')
    return answer.statusCode === 200 ? undefined : await problemOf(answer)
  } catch (error) {
    // The handshake has proved that this is the service. It only refuses our certificate, so it is alive.
    if (isSecure && tls?.clientCa && path === '/health') return undefined
    throw error
  } finally {
    asked.destroy()
  }
}

/** The modules of TLS are loaded only here: a health check runs all day, and most services have no TLS. */
const requestTls = async (url: string, tls: TlsPaths) =>
  (await import('node:https')).request(url, trust(tls))

const problemOf = async (answer: IncomingMessage): Promise<string> => {
  const problem: unknown = await json(answer).catch(() => undefined)
  const isProblem = typeof problem === 'object' && problem !== null && 'detail' in problem
  return isProblem && typeof problem.detail === 'string'
    ? problem.detail
    : `status ${answer.statusCode}`
}

/**
 * Trusts exactly the service's own certificate, whoever signed it, and shows the same one if the service asks
 * for a certificate.
 */
const trust = ({ cert, key, clientCa }: TlsPaths): RequestOptions => ({
  ca: readFileSync(cert),
  allowPartialTrustChain: true,
  checkServerIdentity: () => undefined,
  ...(clientCa && { cert: readFileSync(cert), key: readFileSync(key) }),
})

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
