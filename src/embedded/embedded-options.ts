import type { OfferedResource } from '../docker/nodes.ts'
import type { ImageStore } from './pull-scenarios.ts'
import type { EmbeddedVersion } from './recordings.ts'

/** What one node has. What is left out is as on the other nodes. */
export type NodeResources = {
  memoryBytes?: number
  nanoCpus?: number
  /** Such as GPUs: counts, or names. */
  genericResources?: readonly OfferedResource[]
}

/** The size and the speed of the embedded engine. */
export type EmbeddedOptions = {
  /** The Engine version whose answers it gives; 28.5 by default. */
  as?: EmbeddedVersion
  /**
   * Where nodes keep images, since Engine 29.7; `containerd` by default. Older versions have no choice here.
   */
  imageStore?: ImageStore
  /** 1 is the recorded speed, 10 is ten times faster. */
  speed?: number
  /** The number of nodes. The first is the manager that answers, the others are workers. */
  nodes?: number
  /** Memory of each node, in bytes. */
  memoryBytes?: number
  /** CPUs of each node, in billionths. */
  nanoCpus?: number
  /** What single nodes have, in the order of the nodes. */
  nodeResources?: readonly NodeResources[]
  /** The clock, in Unix milliseconds. */
  now?: () => number
}
