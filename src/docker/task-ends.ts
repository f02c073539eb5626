import type { TaskState } from './tasks.ts'

// Three questions about the end of a task. Each set holds the one before it.

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

const isIn = (states: ReadonlySet<string>, state: string): boolean => states.has(state)
