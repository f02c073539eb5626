/** How big and how fast the embedded engine is. */
export type EmbeddedOptions = {
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
