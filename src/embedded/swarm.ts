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

/** A node as it was recorded. */
export type RecordedNode =
  | Recordings['nodes']['response']['json'][number]
  | Recordings['twoNodes']['response']['json'][number]

/** A node in the Engine's own shape. */
export type EmbeddedNode = Omit<RecordedNode, 'Spec'> & {
  Spec: { Name?: string; Labels: Record<string, string>; Role: string; Availability: string }
}

type RecordedNetwork = Recordings['networks']['response']['json'][number]

/** A network in the Engine's own shape. */
export type EmbeddedNetwork = Omit<RecordedNetwork, 'IPAM' | 'Options' | 'Labels'> & {
  IPAM: object & { Config: readonly { Subnet: string; Gateway: string }[] | null }
  Options: Readonly<Record<string, string>>
  Labels: Readonly<Record<string, string>> | null
}

/** A service as the embedded engine keeps it; times are Unix milliseconds. */
export type EmbeddedService = {
  id: string
  /** How many services were made before. */
  number: number
  index: number
  createdAt: number
  updatedAt: number
  spec: ServiceBody
  previousSpec?: ServiceBody
  /** Raised when its tasks must be replaced. */
  generation: number
  /** When the last update began to replace them; undefined where it left them alone. */
  replacedAt: number | undefined
}

/** A run with all that its tasks tell about themselves. */
export type EmbeddedRun = Run & {
  /** What its tasks' ids are made of. */
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
  /** Where its tasks run, once they are assigned. */
  nodeId: string
}

/** All that the embedded engine knows. */
export type Swarm = {
  /** The recorded answers that are its version's own. */
  recorded: Recordings
  /** What becomes of tasks whose image can't be pulled. */
  pulls: PullScenarios
  /** Sets this engine's ids apart from those of any other. */
  seed: string
  clock: () => Clock
  startedAt: number
  /** The last Version.Index given out. */
  index: number
  /** Services, runs and networks ever made: their ids and addresses follow from it. */
  made: number
  nodes: EmbeddedNode[]
  networks: EmbeddedNetwork[]
  services: Map<string, EmbeddedService>
  /** Also those of removed services, until their containers are gone. */
  runs: EmbeddedRun[]
  events: EmbeddedEvent[]
  eventListeners: Set<(event: EmbeddedEvent) => void>
}

/** Room between two changes for those that follow from them by time, such as a task's states. */
const INDEX_STEP = 10

/** The Version.Index of a change. */
export const nextIndex = (swarm: Swarm): number => {
  swarm.index += INDEX_STEP
  return swarm.index
}
