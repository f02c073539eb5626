import type { ServiceSpec } from '../../docker/service-spec.ts'
import type { JoinedNetwork } from '../engine/network-names.ts'
import { isPredefined } from '../settings/networks.ts'
import { sha256Hex } from './digest.ts'
import type { ServerLabels } from './labels.ts'
import { ownerHash } from './service-name.ts'

/** The limit of a DNS label (RFC 1035, section 2.3.4). */
const MAX_LENGTH = 63
/**
 * 120 bits: callers choose spawn ids, and to find two that give the same host takes them 2^60 tries. It is also more
 * hex than a service name can have after its last hyphen, so that no service is ever named like a host.
 */
const HASH_LENGTH = 30
/** Eight digits of the owner's hash: enough to find the service of a host, and short enough to leave room for the server's name. */
const OWNER_LENGTH = 8

/**
 * The DNS host name of one start, such as `jupyter-5f4dcc3b-lab-` and 30 hex digits. Resolvers keep a name's address for
 * as long as its TTL says, 600 s in Docker's DNS; so a server that starts again needs a name that nobody has asked for.
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
    // Never two hyphens in a row: `xn--` has a meaning in DNS.
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH - HASH_LENGTH - 1)
    .replace(/-$/, '')
  return `${stem}-${hash}`
}

/** Says whether a name is one that `serverHost` may have made. */
export const isServerHost = (name: string): boolean =>
  name.length <= MAX_LENGTH && /^[a-z0-9][a-z0-9-]*-[0-9a-f]{30}$/.test(name)

/** Says whether a resolver could take a name for a server's host: DNS knows no case, and adds domains. */
export const passesForServerHost = (name: string): boolean =>
  /-[0-9a-f]{30}$/i.test(name.trim().split('.', 1)[0] ?? '')

/** The networks of a service or task, as far as their names are concerned. */
type Attachments = readonly { Aliases?: readonly string[] | null | undefined }[]

/**
 * Where a server is reached: by the host of its start, which is an alias of its networks, else by its service's name.
 * The alias itself is asked, not a label: it says what Docker's DNS knows, also of servers of older versions.
 */
export const serverUrl = (
  { serviceName, port }: Pick<ServerLabels, 'serviceName' | 'port'>,
  attachments: Attachments | null | undefined,
): string => {
  const aliases = (attachments ?? []).flatMap(({ Aliases }) => Aliases ?? [])
  return `http://${aliases.find(isServerHost) ?? serviceName}:${port}`
}

/** Adds a host to every network of a spec that has a DNS, and says at which paths. */
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
