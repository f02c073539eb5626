import type { Task } from '../../docker/tasks.ts'
import { stateOfTasks } from './node-pulls.ts'
import { type PullTaskLabels, readPullTaskLabels } from './pull-labels.ts'
import type { NodePull } from './pull-report.ts'

/** An image that is due, as the tasks of its pull job show it. */
export type SeenPull = PullTaskLabels & {
  /** Nodes by what is known of the image there. Swarm makes no task for nodes that are down. */
  nodes: Readonly<Partial<Record<NodePull['state'], number>>>
  /** Why it failed on one of the nodes, in the Engine's words. */
  reason: string | null
}

/**
 * Says which images are due, from all tasks of the swarm. It costs the Engine nothing more; `swarmspawner images` asks for what each
 * node says.
 */
export const seePulls = (tasks: readonly Task[]): SeenPull[] => {
  const labelled = tasks.flatMap((task) => {
    const labels = readPullTaskLabels(task.Spec.ContainerSpec?.Labels)
    return labels && task.ServiceID ? [{ task, labels }] : []
  })
  const jobs = Map.groupBy(labelled, ({ task }) => task.ServiceID)
  return [...jobs.values()].flatMap((job) => {
    const [first] = job
    return first ? [{ ...first.labels, ...statesOf(job.map(({ task }) => task)) }] : []
  })
}

const statesOf = (tasks: readonly Task[]): Pick<SeenPull, 'nodes' | 'reason'> => {
  const newest = Math.max(...tasks.map(iterationOf))
  const ofNodes = Map.groupBy(
    tasks.filter((task) => iterationOf(task) === newest),
    ({ NodeID }) => NodeID ?? '',
  )
  const states = [...ofNodes.values()].map(stateOfTasks)
  const nodes: Partial<Record<NodePull['state'], number>> = {}
  for (const { state } of states) nodes[state] = (nodes[state] ?? 0) + 1
  return { nodes, reason: states.find(({ state }) => state === 'failed')?.reason ?? null }
}

const iterationOf = ({ JobIteration }: Task): number => JobIteration?.Index ?? 0
