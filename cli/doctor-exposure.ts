import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readTls } from '../handlers/listen/tls.node.ts'
import {
  isLoopback,
  plainNetworks,
  readTlsPaths,
  type TlsPaths,
} from '../handlers/settings/listen-settings.ts'
import { readNodePolicy } from '../handlers/settings/policy.node.ts'
import { readSettings } from '../handlers/settings/service-settings.ts'
import type { Docker } from '../src/docker/docker.ts'
import { wholeOf } from '../src/docker/list-in-parts.ts'
import { findNetwork } from '../src/docker/networks.ts'
import { findOwnContainer } from '../src/docker/own-container.node.ts'
import type { ProcessEnv } from '../src/docker/process-env.ts'
import { createOwnNetworks } from '../src/spawner/engine/own-networks.ts'
import { isAnything, matches } from '../src/spawner/policy/patterns.ts'
import { servicesOfHub } from '../src/spawner/server/find-server.ts'
import { type Check, check, failure, type Outcome, ok, TIMEOUT_MS, warning } from './check.ts'

/** 24 characters is what `openssl rand -hex 12` makes. */
const MIN_TOKEN_LENGTH = 24
const SOON_MS = 14 * 24 * 3600 * 1000
/** Networks of a single node, which Docker adds by itself. */
const OF_THE_NODE = ['ingress', 'docker_gwbridge', 'bridge', 'none']

const readFile = (path: string): string => readFileSync(path, 'utf8')

/** Checks who could reach the service, as far as its settings show. */
export async function* checkSettings(env: ProcessEnv): AsyncGenerator<Check> {
  yield await check('admin token', () => checkAdminToken(env))
  yield await check('policy', () => checkPolicy(env))
  yield await check('transport', () => checkTransport(env))
}

const checkAdminToken = (env: ProcessEnv): Outcome => {
  const { adminToken } = readSettings(env, readFile)
  if (adminToken === undefined) return ok('not set: calls by hand are refused')
  if (adminToken.length >= MIN_TOKEN_LENGTH) return ok('set')
  return warning(
    `has ${adminToken.length} characters, so it could be guessed, and it can do what every hub can`,
    'Make a longer one: openssl rand -hex 16',
  )
}

const checkPolicy = async (env: ProcessEnv): Promise<Outcome> => {
  await readNodePolicy(env)
  if (env['SWARMSPAWNER_POLICY']) return ok('set')
  return warning(
    'SWARMSPAWNER_POLICY is not set, so the built-in rules apply',
    'They are safe; docs/policy.md says how to allow more, or less',
  )
}

const checkTransport = (env: ProcessEnv): Outcome => {
  const host = env['HOST'] || '127.0.0.1'
  const tls = readTlsPaths(env, host)
  if (tls) return checkCertificate(tls)
  if (isLoopback(host)) return ok('plain HTTP, only on the loopback')
  return warning(
    `plain HTTP on the network ${plainNetworks(env).join(', ')}: everybody in it can read users' tokens`,
    'Keep everything except hub and service out of it, or set SWARMSPAWNER_TLS_CERT and SWARMSPAWNER_TLS_KEY',
  )
}

const checkCertificate = (paths: TlsPaths): Outcome => {
  const { cert, ca } = readTls(paths, readFile)
  const { validToDate } = new X509Certificate(cert)
  const until = validToDate.toISOString().slice(0, 10)
  const clients = ca ? 'for clients with a certificate' : 'for everybody who has a secret'
  return validToDate.getTime() - Date.now() > SOON_MS
    ? ok(`TLS, ${clients}; the certificate is valid until ${until}`)
    : warning(
        `the certificate is only valid until ${until}`,
        'Renew it; the service reads the new file by itself',
      )
}

/**
 * Checks that no notebook is in a network with the service. It looks at the servers that run, and at the
 * networks in `named`.
 */
export const checkNeighbours = (
  env: ProcessEnv,
  docker: Docker,
  named: readonly string[],
  container = findOwnContainer(),
): Promise<Check> =>
  check('neighbours', async () => {
    const networks = await createOwnNetworks(docker, container)()
    if ('whyUnknown' in networks) return untoldNeighbours(networks.whyUnknown)
    const own = networks.ids
    if (own.size === 0) return unknownNeighbours(env)
    const notebooks = await networksOfNotebooks(env, docker, named)
    const shared = [...own].filter(([, id]) => notebooks.has(id)).map(([name]) => name)
    if (shared.length > 0) return await sharedNetworks(env, shared)
    const plain = isPlainOutside(env) ? plainNetworks(env) : undefined
    const unnamed = [...own.keys()].filter(
      (name) => !OF_THE_NODE.includes(name) && plain && !plain.includes(name),
    )
    if (unnamed.length > 0)
      return warning(
        `the service also uses plain HTTP in ${unnamed.join(', ')}, which SWARMSPAWNER_PLAIN_HTTP does not name`,
        'Take the service out of that network, or name the network there',
      )
    return ok(`no notebook is in ${[...own.keys()].join(', ')}`)
  })

const APART = 'Give hub and service a network of their own, as deploy/stack.yml does'

/** A server may only be in a network of the service if the policy names that network. */
const sharedNetworks = async (env: ProcessEnv, shared: readonly string[]): Promise<Outcome> => {
  const refused = await refusedNetworks(env, shared)
  if (refused.length > 0)
    return failure(
      `the service is in the network ${refused.join(', ')}, so servers are refused there`,
      `${APART}, or name the network in admin.networks of the policy`,
    )
  return warning(
    `the service is in the network ${shared.join(', ')} together with notebooks, so they can send it anything`,
    APART,
  )
}

const refusedNetworks = async (env: ProcessEnv, names: readonly string[]): Promise<string[]> => {
  const { admin } = await readNodePolicy(env)
  const patterns = (admin.networks ?? []).filter((pattern) => !isAnything(pattern))
  const hubs = readSettings(env, readFile).hubs.map(({ hub }) => hub)
  const isNamed = (name: string, hub: string): boolean =>
    patterns.some((pattern) => matches(pattern, name, { ...NOBODY, '{hub}': hub }))
  return names.filter((name) => !hubs.every((hub) => isNamed(name, hub)))
}

const NOBODY = { '{username}': '', '{server_name}': '', '{raw_username}': '' } as const

/** The Engine refuses to answer, for example because a proxy in front of its socket lets too little through. */
const untoldNeighbours = (why: string): Outcome =>
  failure(
    `the Engine does not say which networks the service is in (${why}), so networks are refused unless the policy names them`,
    'Let GET /containers/*/json and /tasks through to the Engine, or list admin.networks in the policy',
  )

const isPlainOutside = (env: ProcessEnv): boolean => {
  const host = env['HOST'] || '127.0.0.1'
  return !isLoopback(host) && !readTlsPaths(env, host)
}

/** The service does not run in a container of this Engine: it runs in none, or on another node. */
const unknownNeighbours = (env: ProcessEnv): Outcome =>
  isLoopback(env['HOST'] || '127.0.0.1')
    ? ok('only this machine can reach the loopback')
    : warning(
        'this process is in no container of that Engine, so its networks are not known',
        "Run doctor in the service's container: docker exec <container> node dist/cli.js doctor",
      )

const networksOfNotebooks = async (
  env: ProcessEnv,
  docker: Docker,
  named: readonly string[],
): Promise<Set<string>> => {
  const ids = new Set<string>()
  for (const id of named) {
    const network = await findNetwork(docker, { id, timeoutMs: TIMEOUT_MS })
    if (network) ids.add(network.Id)
  }
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  for (const { hub } of readSettings(env, readFile).hubs)
    for (const { Spec } of wholeOf(await servicesOfHub({ docker }, hub, { signal })))
      for (const { Target } of Spec.TaskTemplate.Networks ?? []) ids.add(Target)
  return ids
}
