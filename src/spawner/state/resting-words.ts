import type { Node } from '../../docker/nodes.ts'
import { inMaintenance, noneBut } from '../maintenance/maintenance-words.ts'

/**
 * A reason why no node takes a server, with a node that could run it if it took tasks: one in maintenance, which has a message for
 * the user, or else the first one.
 */
export const noneButResting = (reason: string, resting: readonly Node[]): string => {
  const found = inMaintenance(resting)
  if (found) return noneBut(reason, found.node, found.maintenance)
  const [first] = resting
  if (!first) return reason
  const { Description, ID, Spec, Status } = first
  const why = isAway(Status) ? Status.State : Spec.Availability === 'drain' ? 'drained' : 'paused'
  return `${reason}; node ${Description.Hostname || ID} is ${why}`
}

const isAway = ({ State }: Node['Status']): boolean => State === 'down' || State === 'disconnected'

/** Matches the reason of a server that only such a node could run. A maintenance has words of its own. */
export const RESTING = /^no suitable node\b.*; node \S+ is (?:paused|drained|down|disconnected)$/
