import type { EmbeddedEvent } from './events.ts'
import type { EmbeddedNetwork } from './networks.ts'
import type { EmbeddedNode } from './nodes.ts'
import type { PullScenarios } from './pull-scenarios.ts'
import type { Recordings } from './recordings.ts'
import type { Clock } from './run.ts'
import type { EmbeddedService } from './service.ts'
import type { EmbeddedRun } from './service-runs.ts'

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
