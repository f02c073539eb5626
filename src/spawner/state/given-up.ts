import { adviceOn } from './advice.ts'
import { type ServerState, withUserMessage } from './server-state.ts'

/** Why a start is given up although Swarm would go on. Without `status`, the exit code is 1. */
export type Why = { reason: string; status?: number; advice?: string | null }

/** The state of a server whose start is given up. */
export const givenUp = (state: ServerState, { reason, status = 1, advice }: Why): ServerState =>
  withUserMessage({
    ...state,
    state: 'failed',
    status,
    reason,
    advice: advice === undefined ? (adviceOn(reason) ?? state.advice) : advice,
    cursor: `${state.cursor}:given-up`,
  })
