import type { Task } from '../../docker/tasks.ts'
import { stateOfTasks } from './node-pulls.ts'
import { readPullTaskLabels } from './pull-labels.ts'

/** A download ahead of starts that has ended on a node: one task of a pull job. */
export type PullEnd = {
  taskId: string
  hub: string
  outcome: 'there' | 'failed'
  /** From the making of the task, by the clock of the managers, until its end, by the clock of the node. Never below 0. */
  seconds: number
  /** Why it failed, in the Engine's words. */
  reason: string | null
}

/** Says which downloads have ended, from all tasks of the swarm. Swarm keeps the last five tasks of a node. */
export const seePullEnds = (tasks: readonly Task[]): PullEnd[] =>
  tasks.flatMap((task) => {
    const labels = readPullTaskLabels(task.Spec.ContainerSpec?.Labels)
    if (!labels) return []
    const { state: outcome, since, reason } = stateOfTasks([task])
    if (outcome !== 'there' && outcome !== 'failed') return []
    const ms = Date.parse(since ?? '') - Date.parse(task.CreatedAt)
    return [
      { taskId: task.ID, hub: labels.hub, outcome, seconds: Math.max(0, ms / 1000 || 0), reason },
    ]
  })
