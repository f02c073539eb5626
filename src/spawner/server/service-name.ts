import { SpawnError } from '../errors.ts'
import { md5Hex, sha256Hex } from './digest.ts'

/** The prefix of every service name where the hub sets none. */
export const DEFAULT_PREFIX = 'jupyter'

/** Swarm's limit (swarmkit, manager/controlapi/common.go). */
const MAX_LENGTH = 63
const HASH_LENGTH = 8
const DEFAULT_SUFFIX = '1'

/** md5 of the user name in hex: fits any name, and is what `{username}` in a mount stands for. */
export const ownerHash = (username: string): string => md5Hex(username)

/**
 * `{prefix}-{md5 of the user name}-{server name, or 1}`, at most 63 characters. A server name that Swarm
 * would refuse, or would confuse with another, is shortened and marked with a hash: `my-lab--1f3a90bc`.
 */
export const serviceName = (server: {
  username: string
  server_name: string
  service_prefix?: string | undefined
}): string => {
  const prefix = server.service_prefix ?? DEFAULT_PREFIX
  // Swarm's rule, put so that no text makes it backtrack: it is asked about what users type.
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
 * Says whether a server name can stand as it is: lower case, for Swarm takes `Lab` and `lab` for one name;
 * not the default server's `1`; and not what the hash of another name may look like.
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
