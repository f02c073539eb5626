import type { ServiceSpec } from '../../docker/service-spec.ts'
import type { DataRoot } from './data-root.ts'
import type { JoinedNetwork, NetworkNames } from './network-names.ts'

/** What only the Engine knows about a spec, and the policy has to know. */
export type EngineFacts = {
  /** The networks that the spec joins, by the text that the spec has for each: a name, or an id. */
  networkNames: ReadonlyMap<string, JoinedNetwork>
  /** The directory of the Engine's own data. `undefined`: the Engine was not asked. */
  dataRoot: string | undefined
}

/** Before the Engine is asked, and where it cannot be reached. */
export const NOT_ASKED: EngineFacts = { networkNames: new Map(), dataRoot: undefined }

/** Asks the Engine about the networks and the mounts of a spec. Most answers are remembered from earlier starts. */
export const askEngineFacts = async (
  { networkNames, dataRoot }: { networkNames: NetworkNames; dataRoot: DataRoot },
  spec: ServiceSpec,
  signal: AbortSignal,
): Promise<EngineFacts> => {
  const [names, root] = await Promise.all([networkNames(spec, signal), dataRoot(spec, signal)])
  return { networkNames: names, dataRoot: root }
}
