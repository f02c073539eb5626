import { SpawnError } from '../errors.ts'
import { md5Hex, sha256Hex } from './digest.ts'

/** The prefix of service names if the hub sets none. */
export const DEFAULT_PREFIX = 'jupyter'

/** Swarm's limit (swarmkit, manager/controlapi/common.go). */
const MAX_LENGTH = 63
const HASH_LENGTH = 8
const DEFAULT_SUFFIX = '1'

/** The md5 of the user name in hex. It fits into any name, and it is the value of `{username}` in a mount. */
export const ownerHash = (username: string): string => md5Hex(username)

/**
 * The name of a server's service: `{prefix}-{md5 of the user name}-{server name, or 1}`, at most 63 characters.
 * A server name that Swarm would refuse, or take for another one, is shortened and gets a hash:
 * `my-lab--1f3a90bc`.
 */
export const serviceName = (server: {
  username: string
  server_name: string
  service_prefix?: string | undefined
}): string => {
  const prefix = server.service_prefix ?? DEFAULT_PREFIX
  // Swarm's rule, written so that no text makes the match slow: users type these texts.
  if (!/^[a-zA-Z0-9]+(?:[-_]+[a-zA-Z0-9]+)*$/.test(prefix))
    throw new SpawnError(
      'invalid_name',
      'service_prefix: use letters, digits, - and _, with a letter or digit first and last',
    )
  const stem = `${prefix}-${ownerHash(server.username)}-`
  return stem + suffix(server.server_name, MAX_LENGTH - stem.length)
}

const suffix = (name: string, room: number): string => {
  if (name === '' && room >= DEFAULT_SUFFIX.length) return DEFAULT_SUFFIX
  if (name.length <= room && isOwnSuffix(name)) return name
  if (room < HASH_LENGTH)
    throw new SpawnError(
      'invalid_name',
      `service_prefix: the service name would be longer than ${MAX_LENGTH} characters; use a shorter prefix`,
    )
  const hash = sha256Hex(name).slice(0, HASH_LENGTH)
  const slug = slugify(name)
    .slice(0, Math.max(0, room - HASH_LENGTH - 2))
    .replace(/[-_]+$/, '')
  return slug ? `${slug}--${hash}` : hash
}

/**
 * Returns whether a server name can be used without change. It must be in lower case, because Swarm takes `Lab`
 * and `lab` for one name. It must not be `1`, which is the default server, and must not look like the hash of
 * another name.
 */
const isOwnSuffix = (name: string): boolean =>
  /^[a-z0-9]+(?:[-_]+[a-z0-9]+)*$/.test(name) &&
  name !== DEFAULT_SUFFIX &&
  !/(^|--)[0-9a-f]{8}$/.test(name)

const slugify = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
