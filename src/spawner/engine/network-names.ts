import type { Docker } from '../../docker/docker.ts'
import { findNetwork, type Network } from '../../docker/networks.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import type { AskOwnNetworks, OwnNetworks } from './own-networks.ts'

/** A network that a spec joins: its name, and why a server must not be in it unless the policy names it. */
export type JoinedNetwork = { name: string; keptBack?: string }

/** Says what the networks of a spec are, by how it calls them: the Engine takes three letters of an id, of `host` too. */
export type NetworkNames = (
  spec: ServiceSpec,
  signal?: AbortSignal,
) => Promise<ReadonlyMap<string, JoinedNetwork>>

/** More than any hub has; the Engine is asked again then. */
const MAX_KNOWN = 1000

/** Makes a NetworkNames, which remembers what it has learnt; starts of a moment share their question. */
export const createNetworkNames = (docker: Docker, ownNetworks: AskOwnNetworks): NetworkNames => {
  const known = new Map<string, Promise<Network | undefined>>()
  const ask = (target: string): Promise<Network | undefined> => {
    if (known.size >= MAX_KNOWN) known.clear()
    const asked = findNetwork(docker, { id: target })
    known.set(target, asked)
    // A network that was not found, or could not be asked for, may be there the next time.
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
    const why = `it is not known which networks the SwarmSpawner service itself is in (${own.whyUnknown})`
    return { name, keptBack: `${why}, so networks have to be listed by name` }
  }
  const shared = [...own.ids].find(([ownName, id]) =>
    network ? ownName === network.Name || id === network.Id : isCalled(target.trim(), ownName, id),
  )
  return shared ? { name: network?.Name ?? shared[0], keptBack: SHARED } : { name }
}

const SHARED =
  'the SwarmSpawner service itself is in this network, where servers could reach its port'

/** A network that the Engine did not find may be there a moment later, so its names are compared. */
const isCalled = (target: string, name: string, id: string): boolean =>
  target === name || id.startsWith(target)
