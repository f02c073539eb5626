import type { TaskState } from './tasks.ts'

// Questions about the end of a task. Each set of states holds the one before it.

const BY_ITSELF: ReadonlySet<TaskState> = new Set(['complete', 'failed', 'rejected'])
const STOPPED: ReadonlySet<TaskState> = new Set([...BY_ITSELF, 'shutdown'])
const ENDED: ReadonlySet<TaskState> = new Set([...STOPPED, 'remove', 'orphaned'])

/** Says whether a task in this state ended by itself: Swarm did not shut it down, remove it or give it up. */
export const hasEndedByItself = (state: string): boolean => isIn(BY_ITSELF, state)

/** Says whether the node has confirmed that a task in this state has no running container. */
export const hasStopped = (state: string): boolean => isIn(STOPPED, state)

/**
 * Says whether Swarm expects nothing more of a task in this state. Its container may still run: a removed service
 * takes a moment to go, and an orphaned task was on a node that is lost.
 */
export const hasEnded = (state: string): boolean => isIn(ENDED, state)

/** Says whether a restart policy starts a task again that ended in this state. `any` is Swarm's default. */
export const isRestarted = (state: string, condition = 'any'): boolean =>
  condition === 'any' || (condition === 'on-failure' && state !== 'complete')

const isIn = (states: ReadonlySet<string>, state: string): boolean => states.has(state)

/** 10 s: Swarm needs time in addition to the grace period, for a timer of retries and the gossip of overlay networks. */
export const STOP_MARGIN_MS = 10_000
