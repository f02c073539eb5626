import { type ProcessEnv, wordsOf } from '../../src/docker/process-env.ts'
import { EnvError } from './env-error.ts'

/** Where the service's certificate is: paths of PEM files. */
export type TlsPaths = {
  cert: string
  key: string
  /** The authority of those who may connect; without one, whoever reaches the port may. */
  clientCa?: string
}

const CERT = 'SWARMSPAWNER_TLS_CERT'
const KEY = 'SWARMSPAWNER_TLS_KEY'
const CLIENT_CA = 'SWARMSPAWNER_TLS_CLIENT_CA'
const PLAIN = 'SWARMSPAWNER_PLAIN_HTTP'

/**
 * Says by which certificate the service speaks TLS; undefined, plain HTTP. That is for the loopback, and else only for
 * networks that the admin has named: what the hub sends holds the tokens of its users. Throws an EnvError.
 */
export const readTlsPaths = (env: ProcessEnv, host: string): TlsPaths | undefined => {
  const { [CERT]: cert, [KEY]: key, [CLIENT_CA]: clientCa } = env
  if (cert && key) return { cert, key, ...(clientCa && { clientCa }) }
  if (cert || key || clientCa) throw new EnvError(`Set both ${CERT} and ${KEY}, to PEM files`)
  if (!isLoopback(host) && plainNetworks(env).length === 0)
    throw new EnvError(
      `HOST is not the loopback address, where anybody could read along: set ${CERT} and ${KEY}; or, where only hubs and this service are in its network, set ${PLAIN} to the name of that network`,
    )
  return undefined
}

/** The networks on which plain HTTP is all right, says the admin. */
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

/** Says whether a host is this machine as itself alone can reach it. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
