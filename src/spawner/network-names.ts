import type { Docker } from '../docker/docker.ts'
import { findNetwork } from '../docker/networks.ts'
import type { ServiceSpec } from '../docker/service-spec.ts'

/** Says the names of the networks that a spec joins, by how it calls them: the Engine takes three letters of an id, of `host` too. */
export type NetworkNames = (
  spec: ServiceSpec,
  signal?: AbortSignal,
) => Promise<ReadonlyMap<string, string>>

/** More than any hub has; the Engine is asked again then. */
const MAX_KNOWN = 1000

/** Makes a NetworkNames, which remembers what it has learnt; starts of a moment share their question. */
export const createNetworkNames = (docker: Docker): NetworkNames => {
  const known = new Map<string, Promise<string | undefined>>()
  const ask = (target: string): Promise<string | undefined> => {
    if (known.size >= MAX_KNOWN) known.clear()
    const asked = findNetwork(docker, { id: target }).then((network) => network?.Name)
    known.set(target, asked)
    // What does not exist yet, or could not be asked for, may be there the next time.
    const forget = () => known.delete(target)
    asked.then((name) => name ?? forget(), forget)
    return asked
  }
  return async ({ TaskTemplate }, signal) => {
    const targets = (TaskTemplate.Networks ?? []).map(({ Target }) => Target)
    const names = await Promise.all(
      targets.map(async (target) => [target, await (known.get(target) ?? ask(target))] as const),
    )
    signal?.throwIfAborted()
    return new Map(names.map(([target, name]) => [target, name ?? target]))
  }
}
