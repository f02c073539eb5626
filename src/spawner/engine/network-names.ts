import type { Docker } from '../../docker/docker.ts'
import { findNetwork, type Network } from '../../docker/networks.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import type { AskOwnNetworks, OwnNetworks } from './own-networks.ts'

/**
 * A network that a spec joins: its name and, if a server may only join it when the policy names it, the reason.
 */
export type JoinedNetwork = { name: string; keptBack?: string }

/**
 * Returns the networks of a spec, by the text that the spec uses for each. The Engine accepts the first letters
 * of an id, also instead of a name such as `host`.
 */
export type NetworkNames = (
  spec: ServiceSpec,
  signal?: AbortSignal,
) => Promise<ReadonlyMap<string, JoinedNetwork>>

/** No hub has more than 1000 networks. Above that, everything is forgotten and the Engine is asked again. */
const MAX_KNOWN = 1000

/** Makes a NetworkNames. It remembers the answers. Starts at the same time share one request. */
export const createNetworkNames = (
  docker: Docker,
  ownNetworks: AskOwnNetworks,
  find: (id: string) => Promise<Network | undefined> = (id) => findNetwork(docker, { id }),
): NetworkNames => {
  const known = new Map<string, Promise<Network | undefined>>()
  const ask = (target: string): Promise<Network | undefined> => {
    if (known.size >= MAX_KNOWN) known.clear()
    const asked = find(target)
    known.set(target, asked)
    // A network that was not found, or that the Engine could not be asked for, may be found the next time.
    const forget = () => known.delete(target)
    asked.then((network) => network ?? forget(), forget)
    return asked
  }
  return async ({ TaskTemplate }, signal) => {
    const targets = (TaskTemplate.Networks ?? []).map(({ Target }) => Target)
    if (targets.length === 0) return new Map()
    const [own, networks] = await Promise.all([
      ownNetworks(),
      Promise.all(
        targets.map(async (target) => [target, await (known.get(target) ?? ask(target))] as const),
      ),
    ])
    signal?.throwIfAborted()
    return new Map(networks.map(([target, network]) => [target, joined(target, network, own)]))
  }
}

const joined = (target: string, network: Network | undefined, own: OwnNetworks): JoinedNetwork => {
  const name = network?.Name ?? target
  if ('whyUnknown' in own) {
    const why = `the SwarmSpawner service does not know which networks it is in itself (${own.whyUnknown})`
    return { name, keptBack: `${why}, so networks have to be listed by name` }
  }
  const shared = [...own.ids].find(([ownName, id]) =>
    network ? ownName === network.Name || id === network.Id : isCalled(target.trim(), ownName, id),
  )
  return shared ? { name: network?.Name ?? shared[0], keptBack: SHARED } : { name }
}

const SHARED = 'the SwarmSpawner service itself is in this network, so servers could reach its port'

/**
 * Returns whether a text in a spec means a network of our own. It compares names too, because a network that
 * the Engine did not find may exist a moment later.
 */
const isCalled = (target: string, name: string, id: string): boolean =>
  target === name || id.startsWith(target)
