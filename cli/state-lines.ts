import type { ServerState } from '../src/spawner/state/server-state.ts'

/** A server's state as a sentence, such as `jupyter-alice failed on node-1 (status 1): No such image`. */
export const sentenceOf = (state: ServerState): string => {
  // The reason of an answer that cannot be read names the server, and its state is a guess.
  if (state.cursor === 'unreadable' && state.reason) return state.reason
  if (state.state === 'absent') return `There is no server ${state.service_name}${because(state)}`
  const where = state.task?.node ? ` on ${state.task.node}` : ''
  const status = state.status === null ? '' : ` (status ${state.status})`
  const url = state.url ? `, at ${state.url}` : ''
  return `${state.service_name} ${VERBS[state.state]}${where}${status}${url}${because(state)}`
}

const VERBS: Record<Exclude<ServerState['state'], 'absent'>, string> = {
  starting: 'is starting',
  running: 'runs',
  stopping: 'is stopping',
  exited: 'has ended',
  failed: 'failed',
}

/** The reason of a server that runs is about an earlier task. */
const because = ({ state, reason }: ServerState): string =>
  reason ? `${state === 'running' ? '. Before' : ''}: ${reason}` : ''

/** A server's state for people: the sentence, what to do about it, and the last lines that its program wrote. */
export const stateLines = (state: ServerState): string[] => [
  sentenceOf(state),
  ...(state.advice ? [`What to do: ${state.advice}`] : []),
  ...(state.log?.length
    ? ['The last lines of its program:', ...state.log.map((line) => `  | ${line}`)]
    : []),
]
