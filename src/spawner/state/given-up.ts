import { adviceOn } from './advice.ts'
import { pullUserMessage } from './pull-failure.ts'
import type { ServerState } from './server-state.ts'

/** Why a start ends that Swarm itself would go on with; the exit code is 1 where there is none. */
export type Why = { reason: string; status?: number; advice?: string | null }

/** The state of a server whose start is given up. What the state has told of its trouble so far holds where the reason tells no more. */
export const givenUp = (state: ServerState, { reason, status = 1, advice }: Why): ServerState => {
  const userMessage = pullUserMessage(reason) ?? state.user_message
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
