import * as v from 'valibot'
import { ServerState } from '../../src/spawner/server-state.ts'
import { problemOf } from '../support/test-hub.ts'

/** What an answer says, in words that are the same in each run: `running`, or `503 engine_unreachable, retryable`. */
export const inWords = async (answer: Response | Promise<Response>): Promise<string> => {
  const response = await answer
  if (response.status !== 200) return problemInWords(response)
  const { state, reason } = v.parse(ServerState, await response.json())
  return reason && state !== 'running' ? `${state}: ${reason}` : state
}

const problemInWords = async (response: Response): Promise<string> => {
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
