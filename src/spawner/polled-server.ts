import * as v from 'valibot'
import type { Task } from '../docker/tasks.ts'
import { ServerKey } from './server/server-key.ts'
import { SpawnId } from './start-request.ts'
import type { ServerState } from './state/server-state.ts'

/** A server that a hub polls. A hub that names the spawn is told when that spawn was taken from it. */
export const PolledServer = v.strictObject({ ...ServerKey.entries, spawn_id: v.optional(SpawnId) })
export type PolledServer = v.InferOutput<typeof PolledServer>

/** A polled server, its tasks, and the state that they show. */
export type SeenServer = { server: PolledServer; tasks: readonly Task[]; state: ServerState }

export type PollOptions = {
  hub: string
  signal?: AbortSignal | undefined
  /** Leaves the services of servers that have ended. A person only looks: the hub still has to be told of the end. */
  keepsEnded?: boolean
}
