import type { ServerState } from '../state/server-state.ts'
import type { ResolvedImage } from './resolved-image.ts'

/** Adds to the first state of a start that the registry did not tell the digest of its image. */
export const withImageEvent = (
  state: ServerState,
  { warning }: ResolvedImage,
  nowMs: number,
): ServerState => {
  if (warning === undefined) return state
  const event = {
    seq: `${state.service_id}:image`,
    time: new Date(nowMs).toISOString(),
    // Before the first progress of a task.
    progress: 2,
    message: warning,
  }
  return { ...state, events: [event, ...state.events] }
}
