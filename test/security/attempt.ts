import { serverHost } from '../../src/spawner/server/server-host.ts'
import { ownerHash } from '../../src/spawner/server/service-name.ts'

/**
 * What must never pass by default, as somebody would try it. To add one: its family, a name that says what it is, the
 * options or settings, and the key that the refusal has to name. Each is sent to the embedded engine and to a real one.
 */
export type Attempt = {
  name: string
  /** What the refusal names; the first part of it is enough. */
  at: string
  /** What a user sends, where the hub lets user options hold. */
  options?: unknown
  /** What a hub sends: somebody who stole its secret. */
  config?: Record<string, unknown>
  /** What else a start has, and says otherwise than a hub would. */
  start?: Record<string, unknown>
  /** Refused for its form before any policy. */
  code?: 'invalid_config' | 'invalid_name' | 'invalid_request'
}

/** What is harmless, of the same kind: it runs, and the Engine has exactly this of it. */
export type Control = {
  options?: unknown
  config?: Record<string, unknown>
  start?: Record<string, unknown>
  /** A part of the service's TaskTemplate. */
  effect: Record<string, unknown>
}

export type Family = {
  family: string
  attempts: readonly Attempt[]
  control?: Control
  /** The policy file of the service, where it has one. */
  policy?: unknown
  /** Refused whatever a policy lists. */
  isNeverAllowed?: boolean
  /** The hubs of the service, where it has several. */
  hubs?: readonly string[]
}

/** Who tries, and whose things are wanted. */
export const MALLORY = 'mallory'
export const [OWN, BOBS] = [ownerHash(MALLORY), ownerHash('bob')]
/** The host of a start of bob's, whose spawn id Mallory has read somewhere. */
export const BOBS_HOST = serverHost({
  hub: 'default',
  serviceName: `jupyter-${BOBS}-1`,
  username: 'bob',
  spawnId: '7d2c6b1e-3d0f-4c9a-9a55-0c8f4d6f1e11',
})

/** How refusals name what a user has written. */
export const MOUNTS = 'user_options.mounts'
export const CONTAINER = 'user_options.container_spec'

/** A user asks for one mount. */
export const mount = (name: string, value: unknown): Attempt => ({
  name,
  at: `${MOUNTS}.0`,
  options: { mounts: [value] },
})
/** A user asks for one field of a container. */
export const container = (name: string, field: Record<string, unknown>): Attempt => ({
  name,
  at: `${CONTAINER}.${Object.keys(field)[0]}`,
  options: { container_spec: field },
})
/** A path of the node. */
export const bind = (source: string) => ({ type: 'bind', source, target: '/x' })
/** A named volume. */
export const volume = (source: string, more: object = {}) => ({
  type: 'volume',
  source,
  target: '/x',
  ...more,
})
/** The local driver, which can mount what the node can. */
export const local = (options: Record<string, string>) => ({ name: 'local', options })

/** A list that is too long to be meant. */
export const many = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => item(index))
