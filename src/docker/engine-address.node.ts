import { createHash } from 'node:crypto'
import { join } from 'node:path'
import * as v from 'valibot'
import {
  DockerConfigError,
  dockerConfigDir,
  parseFile,
  readDockerConfig,
  readIfPresent,
} from './docker-config.node.ts'
import { type ProcessEnv, wordsOf } from './process-env.ts'
import type { EngineAddress, TlsFiles } from './transport.node.ts'

/**
 * The addresses of the Engines. `from` names the setting that they come from, for people to read (`doctor`, the
 * demo).
 */
export type EngineAddresses = { addresses: [EngineAddress, ...EngineAddress[]]; from: string }

const DEFAULT_SOCKET = 'unix:///var/run/docker.sock'

const ContextMeta = v.object({
  Endpoints: v.object({
    docker: v.object({
      Host: v.optional(v.string(), DEFAULT_SOCKET),
      SkipTLSVerify: v.optional(v.boolean(), false),
    }),
  }),
})

/**
 * Finds the Engine in the order of the docker CLI: `DOCKER_HOST`, `DOCKER_CONTEXT`, the current context of
 * config.json, the default socket. `DOCKER_HOST` may also be a list, for several managers.
 */
export const engineAddresses = (env: ProcessEnv): EngineAddresses => {
  const hosts = wordsOf(env['DOCKER_HOST'])
  const [first, ...others] = hosts.map((host) => fromHost(host, env))
  if (first) return { addresses: [first, ...others], from: 'DOCKER_HOST' }
  const context = env['DOCKER_CONTEXT'] || readDockerConfig(env).currentContext
  if (!context || context === 'default')
    return { addresses: [fromHost(DEFAULT_SOCKET, env)], from: 'the default socket' }
  return { addresses: [fromContext(context, env)], from: `the docker context "${context}"` }
}

const fromHost = (given: string, env: ProcessEnv): EngineAddress => {
  const verify = Boolean(env['DOCKER_TLS_VERIFY'])
  const host = normalise(given, verify || Boolean(env['DOCKER_TLS']))
  if (!isNetwork(host) || !(verify || env['DOCKER_TLS'])) return { host }
  const dir = env['DOCKER_CERT_PATH'] || dockerConfigDir(env)
  const tls = readTls(dir)
  if (verify && tls.ca === undefined)
    throw new DockerConfigError(
      `${join(dir, 'ca.pem')} is missing: DOCKER_TLS_VERIFY needs it in DOCKER_CERT_PATH`,
    )
  return { host, tls: { ...tls, skipVerify: !verify } }
}

const fromContext = (name: string, env: ProcessEnv): EngineAddress => {
  const id = createHash('sha256').update(name).digest('hex')
  const store = join(dockerConfigDir(env), 'contexts')
  const file = join(store, 'meta', id, 'meta.json')
  const text = readIfPresent(file)
  if (text === undefined)
    throw new DockerConfigError(`The docker context "${name}" does not exist (no ${file})`)
  const { Host, SkipTLSVerify } = parseFile(file, text, ContextMeta).Endpoints.docker
  const tls = readTls(join(store, 'tls', id, 'docker'))
  const hasTls = Object.keys(tls).length > 0 || SkipTLSVerify
  const host = normalise(Host, hasTls)
  return hasTls && isNetwork(host) ? { host, tls: { ...tls, skipVerify: SkipTLSVerify } } : { host }
}

const readTls = (dir: string): TlsFiles => {
  const pem = { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' } as const
  const read = Object.entries(pem).map(([name, file]) => [name, readIfPresent(join(dir, file))])
  return Object.fromEntries(read.filter(([, text]) => text !== undefined))
}

const isNetwork = (host: string): boolean => !host.startsWith('unix:')

const normalise = (given: string, tls: boolean): string => {
  const host = /^[a-z]+:\/\//.test(given) ? given : `tcp://${given}`
  const protocol = host.slice(0, host.indexOf(':'))
  const place = isNetwork(host) ? URL.parse(host)?.hostname : URL.parse(host)?.pathname
  if (!['unix', 'tcp', 'http', 'https'].includes(protocol) || !place)
    throw new DockerConfigError(
      `The Engine address ${given} can't be used: write unix:///path, tcp://host:port or https://host:port` +
        (protocol === 'ssh' ? ' (for ssh, forward the socket: ssh -L /tmp/docker.sock:…)' : ''),
    )
  if (protocol !== 'tcp') return host
  const url = new URL(host)
  return `tcp://${url.hostname}:${url.port || (tls ? 2376 : 2375)}`
}
