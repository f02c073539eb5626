import type { ImageStore } from './pull-scenarios.ts'
import type { EmbeddedVersion } from './recordings.ts'

/** How big and how fast the embedded engine is. */
export type EmbeddedOptions = {
  /** The Engine that it speaks as; 28.5 where nothing is said. */
  as?: EmbeddedVersion
  /** As of Engine 29.7, where the nodes keep images: `containerd` where nothing is said. Older ones have no choice here. */
  imageStore?: ImageStore
  /** 1 keeps the recorded pace, 10 is ten times faster. */
  speed?: number
  /** The first is the manager that answers, the others are workers. */
  nodes?: number
  /** Memory of each node, in bytes. */
  memoryBytes?: number
  /** CPUs of each node, in billionths. */
  nanoCpus?: number
  /** Unix milliseconds. */
  now?: () => number
}
