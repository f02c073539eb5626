import { RECORDED, type TaskStatus } from './life/task-status.ts'

/** A status that a task takes `ms` after its creation, at the recorded pace. */
export type Moment = { ms: number; status: TaskStatus }

/** What becomes of the tasks of a service. */
export type Scenario = {
  /** Why no node takes the task; it stays pending. */
  unplaced?: string
  /** What happens once a node has the task. In an `Err`, `<source>` and the names of the image are the service's own. */
  moments: readonly Moment[]
  /** What its container writes; `out: ` goes to stdout, the rest to stderr. */
  log?: readonly string[]
  /** The container does not end at SIGTERM, but is killed after StopGracePeriod. */
  ignoresTerm?: boolean
  /** What the image's registry, and the Engine's own store, say of the image. */
  image?: 'missing' | 'no-auth' | 'unreachable'
}

/** When a node begins to prepare a task. */
export const PREPARING: Moment = { ms: 165, status: RECORDED.preparing }
