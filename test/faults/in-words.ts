import * as v from 'valibot'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { type Problem, problemOf } from '../support/test-hub.ts'

/** What an answer says, in words that are the same in each run: `running`, or `503 engine_unreachable, retryable`. */
export const inWords = async (answer: Response | Promise<Response>): Promise<string> => {
  const response = await answer
  if (response.status !== 200) return shortProblem(response)
  const { state, reason } = v.parse(ServerState, await response.json())
  return reason && state !== 'running' ? `${state}: ${reason}` : state
}

const shortProblem = async (response: Response): Promise<string> => {
  const { status, code, retryable } = await problemOf(response)
  return `${status} ${code}${retryable ? ', retryable' : ''}`
}

/** What is left in the Swarm of so many servers, counted. */
export const leftInWords = (services: readonly unknown[], servers = 1): string => {
  if (services.length === 0) return 'nothing'
  if (services.length !== servers) return `${services.length} services of ${servers} servers`
  return servers === 1 ? 'its one service' : 'one service each'
}

/** What poll said and what start said. */
export const both = ([poll, start]: readonly string[]): string =>
  poll === start ? `poll and start: ${poll}` : `poll: ${poll}; start: ${start}`

/** Says how many services there are, in words. */
export const countInWords = (count: number): string => {
  if (count === 0) return 'nothing'
  return count === 1 ? 'one service' : `${count} services`
}

/** Says a state in words that are the same in each run. */
export const stateInWords = ({ state, status, reason, advice, log }: ServerState): string => {
  const code = status === null ? '' : `, status ${status}`
  const why = reason === null ? '' : `: ${plain(reason)}`
  const lines = log ? `; and the last lines of its log` : ''
  return `**${state}${code}**${why}${lines}${advice === null ? '' : `. *${plain(advice)}*`}`
}

/** Says a problem in words that are the same in each run. */
export const problemInWords = ({ status, code, detail, advice, retryable }: Problem): string =>
  `**${status} ${code}**${retryable ? ', retryable' : ''}: ${plain(detail).replace(/\.$/, '')}${advice ? `. *${advice}*` : ''}`

const plain = (text: string): string =>
  text
    .replaceAll(/\b[0-9a-z]{25}\b/g, '…')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '…')
    .replaceAll(/unix:\/\/\S+?(?=[:\s]|$)/g, 'unix://…')
