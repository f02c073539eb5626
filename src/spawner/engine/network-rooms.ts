import { type AddressHolders, addressHolders } from '../../docker/address-holders.ts'
import type { Docker } from '../../docker/docker.ts'
import { findNetworkPool, type NetworkPool } from '../../docker/network-pool.ts'
import { STOP_MARGIN_MS } from '../../docker/task-ends.ts'
import { keepAnswers } from './keep-answers.ts'

/** How many addresses a network has, and how many of them are in use. */
export type NetworkRoom = Pick<NetworkPool, 'name' | 'isSetUp' | 'subnets' | 'total'> & {
  inUse: number
  /** Until when somebody who is on the way out may still give an address back; Unix milliseconds, 0 where nobody is. */
  freesUntil: number
}

/** Says how much room a network has, by its id or name; undefined where Swarm gives no addresses of it. Throws DockerErrors. */
export type NetworkRooms = (network: string) => Promise<NetworkRoom | undefined>

/**
 * Makes a NetworkRooms. It asks who has the addresses only if the network does not tell how many are left, or if none is
 * left, because that takes the lists of all tasks and services. It keeps answers for some seconds, for all callers.
 */
export const createNetworkRooms = (docker: Docker, now: () => number): NetworkRooms => {
  const poolOf = keepAnswers((id) => findNetworkPool(docker, { id }), now)
  const holders = keepAnswers(() => addressHolders(docker), now)
  return async (network) => {
    const pool = await poolOf(network)
    if (!pool) return undefined
    const { id, free, ...told } = pool
    if (free !== undefined && free > 0)
      return { ...told, inUse: Math.max(0, pool.total - free), freesUntil: 0 }
    const held = pool.isSetUp ? (await holders('')).get(id) : undefined
    // A node that got no address for its load balancer is counted all the same, since it waits for one.
    const counted = Math.min(pool.total, held?.count ?? 0)
    return { ...told, inUse: free === 0 ? pool.total : counted, freesUntil: freesUntil(held) }
  }
}

/** A task on a lost node says for a day that it is being stopped. So we believe it only for as long as a stop takes. */
const freesUntil = (held: AddressHolders | undefined): number =>
  (held?.leaving ?? []).reduce(
    (latest, { since, graceMs }) => Math.max(latest, since + graceMs + STOP_MARGIN_MS || 0),
    0,
  )
