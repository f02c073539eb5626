import { adviceOn } from './advice.ts'
import type { ServerState } from './server-state.ts'
import { userMessageOn } from './user-message.ts'

/** Why a start is given up although Swarm would go on. Without `status`, the exit code is 1. */
export type Why = { reason: string; status?: number; advice?: string | null }

/**
 * The state of a server whose start is given up. If the reason has no sentence for the user, the state keeps
 * the one that it has.
 */
export const givenUp = (state: ServerState, { reason, status = 1, advice }: Why): ServerState => {
  const userMessage = userMessageOn(reason) ?? state.user_message
  return {
    ...state,
    state: 'failed',
    status,
    reason,
    advice: advice === undefined ? (adviceOn(reason) ?? state.advice) : advice,
    ...(userMessage !== undefined && { user_message: userMessage }),
    cursor: `${state.cursor}:given-up`,
  }
}
