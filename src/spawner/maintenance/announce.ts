import { changeNode } from '../../docker/change-node.ts'
import type { Spawner } from '../spawner.ts'
import { drained, intoMaintenance, type Maintenance, outOfMaintenance } from './maintenance.ts'

type Asked = { nodeId: string; signal: AbortSignal }

/** Announces the maintenance of a node, which takes no new servers from now on. If its time has come, it is drained at once. */
export const announceMaintenance = async (
  { docker, now }: Pick<Spawner, 'docker' | 'now'>,
  { nodeId: id, signal, ...maintenance }: Asked & Maintenance,
): Promise<void> => {
  await changeNode(docker, {
    id,
    change: (spec) => {
      const waiting = intoMaintenance(spec, maintenance)
      return drained(waiting, now()) ?? waiting
    },
    signal,
  })
}

/** Takes the maintenance of a node back: it gets the availability that it had before. Returns whether there was one. */
export const endMaintenance = (
  { docker }: Pick<Spawner, 'docker'>,
  { nodeId: id, signal }: Asked,
): Promise<boolean> => changeNode(docker, { id, change: outOfMaintenance, signal })
