import { isDockerError, isUnreachable } from '../docker/errors.ts'
import { findNetwork, type Network } from '../docker/networks.ts'
import { findServiceSummary } from '../docker/services.ts'
import { unlessAborted } from '../docker/unless-aborted.ts'
import type { BuiltSpec } from './build-spec.ts'
import type { NetworkRoom } from './engine/network-rooms.ts'
import { isOf } from './server/find-server.ts'
import { isOurLabel, readLabels } from './server/labels.ts'
import type { Spawner } from './spawner.ts'
import { roomInWords } from './state/network-words.ts'

/** Why a server cannot be in each network of its spec today, in their order; undefined where it can. */
export const networkObstacles = async (
  spawner: Spawner,
  built: BuiltSpec,
  signal: AbortSignal,
): Promise<(string | undefined)[]> => {
  const networks = built.spec.TaskTemplate.Networks ?? []
  const found = await Promise.all(
    networks.map(async ({ Target }) => {
      const room = await roomOf(spawner, Target, signal)
      return room
        ? ofRoom(spawner, built, room)
        : { reason: await ofNetwork(spawner, Target, signal) }
    }),
  )
  // A start of a server that runs ends the old one first, which gives its addresses back.
  const isFree = found.some(({ isFull }) => isFull) && (await runs(spawner, built, signal))
  return found.map(({ reason, isFull }) => (isFull && isFree ? undefined : reason))
}

type Found = { reason: string | undefined; isFull?: boolean }

/** A network that the Engine refuses to count is taken as one with room: the start tells if it has none. */
const roomOf = async (
  { networkRooms }: Spawner,
  target: string,
  signal: AbortSignal,
): Promise<NetworkRoom | undefined> => {
  try {
    return await unlessAborted(networkRooms(target), signal)
  } catch (error) {
    if (isDockerError(error) && !isUnreachable(error)) return undefined
    throw error
  }
}

const ofRoom = ({ now }: Spawner, { spec }: BuiltSpec, room: NetworkRoom): Found => {
  if (!room.isSetUp) return { reason: `Swarm could not set up network ${room.name}` }
  // Its task needs an address, and so do its service if it has a virtual IP, and the first node of a network.
  const needed = (spec.EndpointSpec?.Mode === 'dnsrr' ? 1 : 2) + (room.inUse === 0 ? 1 : 0)
  const free = room.total - room.inUse
  const isFull = free < needed
  // A start waits for what others are about to give back.
  if (!isFull || room.freesUntil > now()) return { reason: undefined }
  return {
    isFull,
    reason: `${free > 0 ? 'too few free addresses' : 'no free address'} in ${roomInWords(room)}; stop servers that nobody uses, or make a larger network`,
  }
}

const ofNetwork = async (
  { docker }: Spawner,
  id: string,
  signal: AbortSignal,
): Promise<string | undefined> => {
  return whyNoNetwork(id, await findNetwork(docker, { id, signal }))
}

/** Why a server cannot join what the Engine has found for a name or id; undefined if it can. */
export const whyNoNetwork = (id: string, network: Network | undefined): string | undefined => {
  if (!network) return `network ${id} does not exist`
  return network.Scope === 'swarm'
    ? undefined
    : `network ${id} is not a network of the swarm, but of one node (scope ${network.Scope})`
}

/** Returns whether the server itself has a service now. Whether somebody else has its name is not told. */
const runs = async (
  { docker }: Spawner,
  { labels }: BuiltSpec,
  signal: AbortSignal,
): Promise<boolean> => {
  const options = { keepsLabel: isOurLabel, id: labels.serviceName, signal }
  const service = await findServiceSummary(docker, options)
  const server = { username: labels.username, server_name: labels.serverName }
  return isOf(readLabels(service?.Spec.Labels), labels.hub, server)
}
