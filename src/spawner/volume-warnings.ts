import { engineWords } from '../docker/engine-words.ts'
import type { Node } from '../docker/nodes.ts'
import type { Driver, Mount, ServiceSpec } from '../docker/service-spec.ts'
import { unlessAborted } from '../docker/unless-aborted.ts'
import type { Volume } from '../docker/volumes.ts'
import type { Spawner } from './spawner.ts'
import { couldFit } from './state/could-fit.ts'

/** More mounts than a server has. */
const MAX_ASKED = 20

type NamedVolume = { name: string; driver: Driver | undefined }

/**
 * What of the volumes of a spec only the Engine knows, a sentence for each: a volume that lives on one of several nodes, and
 * one that exists with another driver or other options. Asks nothing about a spec without named volumes.
 */
export const volumeWarnings = async (
  { swarmFacts }: Pick<Spawner, 'swarmFacts'>,
  spec: ServiceSpec,
  signal: AbortSignal,
): Promise<string[]> => {
  const volumes = namedVolumes(spec.TaskTemplate.ContainerSpec.Mounts ?? []).slice(0, MAX_ASKED)
  const local = volumes.filter(isOfOneNode)
  const nodes = local.length > 0 ? await unlessAborted(swarmFacts.nodes(), signal) : []
  const changed = await Promise.all(
    volumes.map(async (volume) =>
      volume.driver
        ? changeOf(volume, await unlessAborted(swarmFacts.volume(volume.name), signal))
        : [],
    ),
  )
  return [...ofOneNode(local, nodes ?? [], spec), ...changed.flat()]
}

/** The named volumes, each once: a volume may be mounted at several places. */
const namedVolumes = (mounts: readonly Mount[]): NamedVolume[] => {
  const named = mounts.flatMap(({ Type, Source, VolumeOptions }) =>
    Type === 'volume' && Source ? [{ name: Source, driver: VolumeOptions?.DriverConfig }] : [],
  )
  return [...new Map(named.map((volume) => [volume.name, volume])).values()]
}

/** Returns whether the data is on the node's own disk. With a device, such as one of NFS, nodes may share it. */
const isOfOneNode = ({ driver }: NamedVolume): boolean =>
  ['', 'local'].includes(driver?.Name ?? '') && !driver?.Options?.['device']

const ofOneNode = (
  volumes: readonly NamedVolume[],
  nodes: readonly Node[],
  spec: ServiceSpec,
): string[] => {
  const fitting = nodes.filter((node) => couldFit(node, spec)).length
  if (fitting < 2) return []
  return volumes.map(
    ({ name }) =>
      `mounts: the volume ${name} lives on one node, and ${fitting} nodes may run the server; on another node it starts with an empty volume of that name. Use storage that the nodes share, or a placement constraint that leaves one node`,
  )
}

/** Only the node of the Engine that we ask tells; on other nodes the volume may be another. */
const changeOf = ({ name, driver }: NamedVolume, volume: Volume | undefined): string[] => {
  if (!volume) return []
  const driverName = driver?.Name || 'local'
  if (volume.Driver === driverName && isSame(volume.Options, driver?.Options)) return []
  const wanted = inWords(driverName, driver?.Options)
  const found = inWords(volume.Driver, volume.Options)
  return [
    `mounts: the volume ${name} exists with ${engineWords(found)}, not with ${engineWords(wanted)}; the existing one is used. Remove it (docker volume rm), or give the volume another name`,
  ]
}

const inWords = (driver: string, options: Options): string => {
  const pairs = Object.entries(options ?? {}).map(([key, value]) => `${key}=${shown(key, value)}`)
  return `the driver ${driver} and ${pairs.length > 0 ? `the options ${pairs.toSorted().join(' ')}` : 'no options'}`
}

type Options = Readonly<Record<string, string>> | null | undefined

/** The options of the driver `local`. Those of other drivers may be keys of a storage, whatever their name is. */
const SHOWN: ReadonlySet<string> = new Set(['type', 'device', 'o'])

const shown = (key: string, value: string): string =>
  SHOWN.has(key) ? value.split(',').map(withoutSecret).join(',') : '…'

/** In `o`, a comma ends a value. A password may have spaces, so `engineWords` alone would leave half of it. */
const withoutSecret = (part: string): string => {
  const name = part.slice(0, part.indexOf('='))
  return /pass|cred|secret|key|token/i.test(name) ? `${name}=[redacted]` : part
}

const isSame = (one: Options, other: Options): boolean => {
  const sorted = (options: Options) => JSON.stringify(Object.entries(options ?? {}).toSorted())
  return sorted(one) === sorted(other)
}
