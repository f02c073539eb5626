import type { Node } from '../../docker/nodes.ts'
import { takesTasks } from '../state/could-fit.ts'
import { type Maintenance, maintenanceOf } from './maintenance.ts'

/** The reason of a server whose node was stopped for maintenance. */
export const stoppedFor = (node: string, { message }: Maintenance): string =>
  withMessage(`Node ${node} is in maintenance`, message)

/** A reason why no node takes a server, with the maintenance of one that could. */
export const noneBut = (reason: string, node: Node, { message }: Maintenance): string =>
  withMessage(`${reason}; node ${node.Description.Hostname || node.ID} is in maintenance`, message)

const withMessage = (words: string, message: string): string =>
  message === '' ? words : `${words}: ${message}`

/** The first of some nodes that takes no tasks because of its maintenance. */
export const inMaintenance = (
  nodes: readonly Node[],
): { node: Node; maintenance: Maintenance } | undefined => {
  for (const node of nodes) {
    const maintenance = takesTasks(node) ? undefined : maintenanceOf(node)
    if (maintenance) return { node, maintenance }
  }
  return undefined
}

const WORDS = /^(Node \S+|no suitable node\b.*?; node \S+) is in maintenance(?:: (.*))?$/

/** What a reason says of maintenance: of a server that was stopped for it, or of one that finds no node. Undefined if nothing. */
export const readMaintenance = (
  reason: string,
): { kind: 'maintenance' | 'nodes_in_maintenance'; message: string } | undefined => {
  const [, who, message = ''] = WORDS.exec(reason) ?? []
  if (who === undefined) return undefined
  return { kind: who.startsWith('Node ') ? 'maintenance' : 'nodes_in_maintenance', message }
}
