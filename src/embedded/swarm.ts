import type { OfferedResource } from '../docker/nodes.ts'
import type { Clock, Run } from './life/run.ts'
import type { PullScenarios } from './pull-scenarios.ts'
import type { Recordings } from './recordings.ts'
import type { ServiceBody, TaskTemplate } from './wire/service-body.ts'

/** An event in the Engine's shape. */
export type EmbeddedEvent = {
  Type: string
  Action: string
  Actor: { ID: string; Attributes: Record<string, string> }
  scope: string
  time: number
  timeNano: number
}

/** A node as recorded. */
export type RecordedNode =
  | Recordings['nodes']['response']['json'][number]
  | Recordings['twoNodes']['response']['json'][number]

/** A node in the Engine's own shape. */
export type EmbeddedNode = Omit<RecordedNode, 'Spec' | 'Description'> & {
  Description: RecordedNode['Description'] & {
    Resources: { GenericResources?: readonly OfferedResource[] }
  }
  Spec: { Name?: string; Labels: Record<string, string>; Role: string; Availability: string }
}

type RecordedNetwork = Recordings['networks']['response']['json'][number]

/** A network in the Engine's own shape. */
export type EmbeddedNetwork = Omit<RecordedNetwork, 'IPAM' | 'Options' | 'Labels'> & {
  IPAM: object & { Config: readonly { Subnet: string; IPRange?: string; Gateway: string }[] | null }
  Options: Readonly<Record<string, string>>
  Labels: Readonly<Record<string, string>> | null
}

/** A service as the embedded engine stores it. Times are Unix milliseconds. */
export type EmbeddedService = {
  id: string
  /** The number of services that were created before. */
  number: number
  index: number
  createdAt: number
  updatedAt: number
  spec: ServiceBody
  previousSpec?: ServiceBody
  /** Goes up when the service's tasks must be replaced. */
  generation: number
  /** When the last update began to replace tasks. Undefined when it did not replace them. */
  replacedAt: number | undefined
  /** False for one that has none, and for one that waits for them. */
  hasVirtualIps: boolean
}

/** A run, with everything that its tasks say about themselves. */
export type EmbeddedRun = Run & {
  /** The seed of its tasks' ids. */
  key: string
  number: number
  index: number
  generation: number
  serviceId: string
  serviceName: string
  serviceLabels: Readonly<Record<string, string>>
  template: TaskTemplate
  /** Absent for a global service. */
  slot?: number
  /** The node of its tasks, once they are assigned. */
  nodeId: string
}

/** Everything that the embedded engine knows. */
export type Swarm = {
  /** The recorded answers of its Engine version. */
  recorded: Recordings
  /** The scenarios of tasks whose image cannot be pulled. */
  pulls: PullScenarios
  /** Makes this engine's ids differ from those of every other. */
  seed: string
  clock: () => Clock
  startedAt: number
  /** The last Version.Index that was used. */
  index: number
  /** The number of services, runs and networks that were ever created. Their ids and addresses come from it. */
  made: number
  /** When the newest service was created. */
  newestAt: number
  nodes: EmbeddedNode[]
  networks: EmbeddedNetwork[]
  services: Map<string, EmbeddedService>
  /** All runs, also those of removed services until their containers are gone. */
  runs: EmbeddedRun[]
  events: EmbeddedEvent[]
  eventListeners: Set<(event: EmbeddedEvent) => void>
}

/**
 * The index grows by 10 with each change. The numbers in between are for changes that follow with time, such as
 * a task's states.
 */
const INDEX_STEP = 10

/** The Version.Index of a change. */
export const nextIndex = (swarm: Swarm): number => {
  swarm.index += INDEX_STEP
  return swarm.index
}
