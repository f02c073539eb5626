import type { HeldResources } from '../../../src/docker/held-resources.ts'
import type { Node } from '../../../src/docker/nodes.ts'
import type { ServiceSpec } from '../../../src/docker/service-spec.ts'
import { writeLabels } from '../../../src/spawner/server/labels.ts'
import { sortHeld } from '../../../src/spawner/state/held-room.ts'
import { judgeRoom } from '../../../src/spawner/state/judge-room.ts'

export const GIB = 2 ** 30

type Resources = Node['Description']['Resources']

export const gpus = (count: number) => ({ DiscreteResourceSpec: { Kind: 'gpu', Value: count } })
export const namedGpu = (name: string) => ({ NamedResourceSpec: { Kind: 'gpu', Value: name } })

/** A node with 4 CPUs and 16 GiB that takes tasks. */
export const nodeOf = (
  ID: string,
  {
    state = 'ready',
    availability = 'active',
    labels = {},
    arch = 'x86_64',
    ...resources
  }: {
    state?: string
    availability?: string
    labels?: Record<string, string>
    arch?: string
  } & Resources = {},
): Node => ({
  ID,
  Spec: { Role: 'worker', Availability: availability, Labels: labels },
  Description: {
    Hostname: ID,
    Platform: { OS: 'linux', Architecture: arch },
    Resources: { NanoCPUs: 4e9, MemoryBytes: 16 * GIB, ...resources },
  },
  Status: { State: state },
})

type Reservations = HeldResources['reservations']

/** What a task holds of a node since a minute of the hour. */
export const holdOn = (
  nodeId: string,
  reservations: Reservations,
  { minute = 0, server = 'someone', hub = 'default' } = {},
): HeldResources => ({
  nodeId,
  since: new Date(Date.UTC(2026, 10, 28, 10, minute)).toISOString(),
  reservations,
  labels: labelsOf(server, hub),
})

const labelsOf = (serviceName: string, hub: string) =>
  writeLabels({
    ...{ hub, serviceName, username: 'u', serverName: '', spawnId: 's' },
    ...{ issuedAt: 1, port: 8888, startTimeoutS: 60 },
  })

type Placement = ServiceSpec['TaskTemplate']['Placement']

/** A spec that reserves something. */
export const specOf = (reservations: Reservations = {}, placement?: Placement): ServiceSpec => ({
  Name: 'x',
  TaskTemplate: {
    ContainerSpec: { Image: 'x' },
    Resources: {
      Reservations: {
        ...reservations,
        GenericResources: (reservations.GenericResources ?? []).flatMap(
          ({ DiscreteResourceSpec }) => (DiscreteResourceSpec ? [{ DiscreteResourceSpec }] : []),
        ),
      },
    },
    ...(placement && { Placement: placement }),
  },
})

/** Judges the room for alice's server. */
export const judge = (
  nodes: readonly Node[],
  held: readonly HeldResources[],
  spec: ServiceSpec = specOf(),
) => judgeRoom(nodes, sortHeld(held), { spec, server: { hub: 'default', serviceName: 'alice' } })
