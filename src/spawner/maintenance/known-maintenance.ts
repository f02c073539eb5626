import type { Node } from '../../docker/nodes.ts'
import { type Maintenance, maintenanceOf } from './maintenance.ts'

/** What is known of the maintenance of nodes, from lists that were made for something else. It asks the Engine nothing. */
export type KnownMaintenance = {
  /** Takes note of a whole list of nodes. */
  note: (nodes: readonly Node[]) => void
  /**
   * The maintenance of the node of a task. `createdAt`: of the task. A node in maintenance gets no new tasks, so it has none any more
   * if the task is newer than what is known.
   */
  of: (nodeId: string | undefined, createdAt: string | undefined) => Maintenance | undefined
  /** Milliseconds until the next one begins; Infinity if none is known. */
  untilNext: (now: number) => number
}

/** Makes a KnownMaintenance that knows of none yet. */
export const createKnownMaintenance = (now: () => number): KnownMaintenance => {
  let known = new Map<string, Maintenance>()
  let notedAt = 0
  return {
    note: (nodes) => {
      notedAt = now()
      known = new Map(
        nodes.flatMap((node) => {
          const maintenance = maintenanceOf(node)
          return maintenance ? [[node.ID, maintenance] as const] : []
        }),
      )
    },
    of: (nodeId = '', createdAt = '') =>
      Date.parse(createdAt) > notedAt ? undefined : known.get(nodeId),
    untilNext: (now) => {
      const ahead = [...known.values()].map(({ at }) => Date.parse(at) - now)
      return Math.min(...ahead.filter((ms) => ms > 0))
    },
  }
}
