import { RECORDED, type TaskStatus } from './life/task-status.ts'

/** A status that a task gets `ms` milliseconds after its creation, at the recorded pace. */
export type Moment = { ms: number; status: TaskStatus }

/** What happens to the tasks of a service. */
export type Scenario = {
  /** Why no node takes the task. It stays pending. */
  unplaced?: string
  /**
   * What happens after a node has taken the task. In an `Err`, `<source>` and the image's names are replaced by
   * the service's own.
   */
  moments: readonly Moment[]
  /** The lines that the container writes. Lines with `out: ` go to stdout, the others to stderr. */
  log?: readonly string[]
  /** The container ignores SIGTERM and is killed after StopGracePeriod. */
  ignoresTerm?: boolean
  /** What the image's registry and the Engine's own store say about the image. */
  image?: 'missing' | 'no-auth' | 'unreachable'
}

/** When a node begins to prepare a task. */
export const PREPARING: Moment = { ms: 165, status: RECORDED.preparing }
