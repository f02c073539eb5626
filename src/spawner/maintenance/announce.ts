import type { Spawner } from '../spawner.ts'
import { changeNodeTold } from '../told-changes.ts'
import { drained, intoMaintenance, type Maintenance, outOfMaintenance } from './maintenance.ts'

type Asked = {
  nodeId: string
  /** How the audit log names it: by its host name. */
  node?: string | undefined
  signal: AbortSignal
}

/** Announces the maintenance of a node, which takes no new servers from now on. If its time has come, it is drained at once. */
export const announceMaintenance = async (
  { now, ...spawner }: Pick<Spawner, 'docker' | 'audit' | 'now'>,
  { nodeId: id, node = id, signal, ...maintenance }: Asked & Maintenance,
): Promise<void> => {
  const { at, message } = maintenance
  const outcome = Date.parse(at) <= now() ? 'drained' : 'announced'
  await changeNodeTold(spawner, {
    id,
    act: { act: 'drain', node, at, outcome, reason: message || null },
    change: (spec) => {
      const waiting = intoMaintenance(spec, maintenance)
      return drained(waiting, now()) ?? waiting
    },
    signal,
  })
}

/** Takes the maintenance of a node back: it gets the availability that it had before. Returns whether there was one. */
export const endMaintenance = (
  spawner: Pick<Spawner, 'docker' | 'audit'>,
  { nodeId: id, node = id, signal }: Asked,
): Promise<boolean> => {
  const act = { act: 'drain', node, outcome: 'taken back' } as const
  return changeNodeTold(spawner, { id, act, change: outOfMaintenance, signal })
}
