import type { Node } from '../../docker/nodes.ts'
import { type Maintenance, maintenanceOf } from './maintenance.ts'

/** What is known of the maintenance of nodes, from lists that were made for something else. It asks the Engine nothing. */
export type KnownMaintenance = {
  /** Takes note of a whole list of nodes. */
  note: (nodes: readonly Node[]) => void
  of: (nodeId: string | undefined) => Maintenance | undefined
  /** Milliseconds until the next one begins; Infinity if none is known. */
  untilNext: (now: number) => number
}

/** Makes a KnownMaintenance that knows of none yet. */
export const createKnownMaintenance = (): KnownMaintenance => {
  let known = new Map<string, Maintenance>()
  return {
    note: (nodes) => {
      known = new Map(
        nodes.flatMap((node) => {
          const maintenance = maintenanceOf(node)
          return maintenance ? [[node.ID, maintenance] as const] : []
        }),
      )
    },
    of: (nodeId) => (nodeId === undefined ? undefined : known.get(nodeId)),
    untilNext: (now) => {
      const ahead = [...known.values()].map(({ at }) => Date.parse(at) - now)
      return Math.min(...ahead.filter((ms) => ms > 0))
    },
  }
}
