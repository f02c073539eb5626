import { type ProcessEnv, wordsOf } from '../../src/docker/process-env.ts'
import { EnvError } from './env-error.ts'

/** The paths of the PEM files with the service's certificate. */
export type TlsPaths = {
  cert: string
  key: string
  /** The authority that signs clients' certificates. Without it, everybody who reaches the port may connect. */
  clientCa?: string
}

const CERT = 'SWARMSPAWNER_TLS_CERT'
const KEY = 'SWARMSPAWNER_TLS_KEY'
const CLIENT_CA = 'SWARMSPAWNER_TLS_CLIENT_CA'
const PLAIN = 'SWARMSPAWNER_PLAIN_HTTP'

/**
 * Reads the paths of the service's certificate. Undefined means plain HTTP, which is only allowed on the
 * loopback and on networks that the admin has named: hubs send their users' tokens. Throws an EnvError.
 */
export const readTlsPaths = (env: ProcessEnv, host: string): TlsPaths | undefined => {
  const { [CERT]: cert, [KEY]: key, [CLIENT_CA]: clientCa } = env
  if (cert && key) return { cert, key, ...(clientCa && { clientCa }) }
  if (cert || key || clientCa) throw new EnvError(`Set both ${CERT} and ${KEY}, to PEM files`)
  if (!isLoopback(host) && plainNetworks(env).length === 0)
    throw new EnvError(
      `HOST is not the loopback address, so others on the network could read the traffic: set ${CERT} and ${KEY}. If only hubs and this service are in the network, you may set ${PLAIN} to the name of that network instead`,
    )
  return undefined
}

/** The networks where the admin allows plain HTTP. */
export const plainNetworks = (env: ProcessEnv): string[] => {
  const names = wordsOf(env[PLAIN])
  const isName = names.every((name) => /^[\w.-]+$/.test(name) && !/^(true|yes|on|1)$/i.test(name))
  if (isName) return names
  throw new EnvError(`${PLAIN} must be the name of a Docker network, or several names`)
}

/** Where the service listens: `HOST`, by default the loopback address, and `PORT`. Throws an EnvError. */
export const readListenAddress = (env: ProcessEnv): { host: string; port: number } => {
  const [host, port] = [env['HOST'] || '127.0.0.1', env['PORT'] || '8080']
  if (/^\d+$/.test(port) && Number(port) <= 65_535) return { host, port: Number(port) }
  throw new EnvError('PORT must be a number from 0 to 65535')
}

/** Returns whether only this machine itself can reach a host. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
