import type { Overview, SeenServer } from './overview.ts'
import type { ServerState } from './state/server-state.ts'

/** The states of servers. What an operator has to look at comes first. */
const ORDER: readonly ServerState['state'][] = [
  'failed',
  'exited',
  'starting',
  'stopping',
  'running',
  'absent',
]

/** Sorts servers: those that somebody has to look at come first, and of these the newest. A time that cannot be read comes last. */
export const byNeed = (one: SeenServer, other: SeenServer): number =>
  rank(one) - rank(other) || (Date.parse(other.since) || 0) - (Date.parse(one.since) || 0)

const rank = ({ state }: SeenServer): number => ORDER.indexOf(state.state)

/** How many servers there are in each state, such as `3 servers on 2 nodes: 1 failed, 2 running`. */
export const countLine = (servers: readonly SeenServer[], nodes: Overview['nodes']): string => {
  const counts = ORDER.flatMap((state) => {
    const count = servers.filter((server) => server.state.state === state).length
    return count > 0 ? [`${count} ${state}`] : []
  })
  const told = counts.length > 0 ? `: ${counts.join(', ')}` : ''
  return `${counted(servers, 'server')} on ${counted(nodes, 'node')}${told}`
}

const counted = ({ length }: readonly unknown[], thing: string): string =>
  `${length} ${thing}${length === 1 ? '' : 's'}`
