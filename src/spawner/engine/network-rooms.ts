import { type AddressHolders, addressHolders } from '../../docker/address-holders.ts'
import type { Docker } from '../../docker/docker.ts'
import { findNetworkPool, type NetworkPool } from '../../docker/network-pool.ts'
import { keepAnswers } from './keep-answers.ts'

/** How many addresses a network has, and how many of them are in use. */
export type NetworkRoom = Pick<NetworkPool, 'name' | 'isSetUp' | 'subnets' | 'total'> & {
  inUse: number
  /** Until when somebody who is on the way out may still give an address back; Unix milliseconds, 0 where nobody is. */
  freesUntil: number
}

/** Says how much room a network has, by its id or name; undefined where Swarm gives no addresses of it. Throws DockerErrors. */
export type NetworkRooms = (network: string) => Promise<NetworkRoom | undefined>

/** What Swarm itself takes to stop a container, beside its grace period, as for a stop (`wait-until-gone.ts`). */
const STOP_MARGIN_MS = 10_000

/**
 * Makes a NetworkRooms. Who has the addresses is asked only where the network does not tell how many are left, or none is:
 * that takes the lists of all tasks and services. Answers are kept for some seconds, for all who ask.
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

/** A task on a lost node says for a day that it is being stopped, so that its word holds no longer than a stop takes. */
const freesUntil = (held: AddressHolders | undefined): number =>
  (held?.leaving ?? []).reduce(
    (latest, { since, graceMs }) => Math.max(latest, since + graceMs + STOP_MARGIN_MS || 0),
    0,
  )
