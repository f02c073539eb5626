import type { ServiceSpec } from '../../docker/service-spec.ts'
import type { JoinedNetwork } from '../engine/network-names.ts'
import { isPredefined } from '../settings/networks.ts'
import { sha256Hex } from './digest.ts'
import type { ServerLabels } from './labels.ts'
import { ownerHash } from './service-name.ts'

/** The limit of a DNS label (RFC 1035, section 2.3.4). */
const MAX_LENGTH = 63
/**
 * 30 hex digits are 120 bits. Callers choose spawn ids; to find two ids with the same host takes 2^60 tries. It
 * is also more hex than a service name can have after its last hyphen, so no service has a name like a host.
 */
const HASH_LENGTH = 30
/**
 * Eight digits of the owner hash are enough to find the service of a host, and leave room for the server's
 * name.
 */
const OWNER_LENGTH = 8

/**
 * The DNS host name of one start, such as `jupyter-5f4dcc3b-lab-` and 30 hex digits. Resolvers keep an address
 * for the time that DNS states, which is 600 s in Docker's DNS. So a server that starts again needs a name that
 * nobody has looked up before.
 */
export const serverHost = ({
  hub,
  serviceName,
  username,
  spawnId,
}: Pick<ServerLabels, 'hub' | 'serviceName' | 'username' | 'spawnId'>): string => {
  const hash = sha256Hex(JSON.stringify([hub, serviceName, spawnId])).slice(0, HASH_LENGTH)
  const owner = ownerHash(username)
  const stem = serviceName
    .replace(owner, owner.slice(0, OWNER_LENGTH))
    .toLowerCase()
    // There are never two hyphens in a row, because `xn--` has a meaning in DNS.
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH - HASH_LENGTH - 1)
    .replace(/-$/, '')
  return `${stem}-${hash}`
}

/** Returns whether `serverHost` may have made this name. */
export const isServerHost = (name: string): boolean =>
  name.length <= MAX_LENGTH && /^[a-z0-9][a-z0-9-]*-[0-9a-f]{30}$/.test(name)

/**
 * Returns whether a resolver could take a name for a server's host. DNS ignores case, and resolvers add
 * domains.
 */
export const passesForServerHost = (name: string): boolean =>
  /-[0-9a-f]{30}$/i.test(name.trim().split('.', 1)[0] ?? '')

/** The aliases in the networks of a service or task. */
type Attachments = readonly { Aliases?: readonly string[] | null | undefined }[]

/**
 * The URL of a server. Its host is the host of its start, which is an alias in its networks, or else the name
 * of its service. We read the alias and not a label, because Docker's DNS answers by the alias, also for
 * servers that older versions started.
 */
export const serverUrl = (
  { serviceName, port }: Pick<ServerLabels, 'serviceName' | 'port'>,
  attachments: Attachments | null | undefined,
): string => {
  const aliases = (attachments ?? []).flatMap(({ Aliases }) => Aliases ?? [])
  return `http://${aliases.find(isServerHost) ?? serviceName}:${port}`
}

/**
 * Adds a host to every network of a spec that has a DNS. Returns the new spec and the paths of the added
 * values.
 */
export const addHost = (
  spec: ServiceSpec,
  host: string,
  networkNames: ReadonlyMap<string, JoinedNetwork>,
): { spec: ServiceSpec; paths: string[] } => {
  const networks = (spec.TaskTemplate.Networks ?? []).map((attachment) => ({
    attachment,
    hasDns: !isPredefined(networkNames.get(attachment.Target)?.name ?? attachment.Target),
  }))
  const Networks = networks.map(({ attachment, hasDns }) =>
    hasDns ? { ...attachment, Aliases: [...others(attachment.Aliases, host), host] } : attachment,
  )
  const paths = networks.flatMap(({ attachment: { Aliases }, hasDns }, index) =>
    hasDns ? [`TaskTemplate.Networks.${index}.Aliases.${others(Aliases, host).length}`] : [],
  )
  if (paths.length === 0) return { spec, paths }
  return { spec: { ...spec, TaskTemplate: { ...spec.TaskTemplate, Networks } }, paths }
}

const others = (aliases: readonly string[] | undefined, host: string): string[] =>
  (aliases ?? []).filter((alias) => alias !== host)
