import type { Docker } from '../../docker/docker.ts'
import { isDockerError } from '../../docker/errors.ts'
import { listTasks, type Task } from '../../docker/tasks.ts'
import { keepAnswers } from '../engine/keep-answers.ts'
import { digestIn } from './image-names.ts'
import { HAS_IMAGE } from './node-pulls.ts'
import { PULL_PREFIX } from './pull-spec.ts'

/**
 * Says what pull jobs tell of a task's image on its node: whether it is there, or being downloaded. Undefined where no job
 * is for its digest, or the Engine does not say.
 */
export type Ahead = (task: Task) => Promise<'there' | 'downloading' | undefined>

/** 5 s: only people read it, and a node has hundreds of images at most. */
const TIMEOUT_MS = 5000

/** Makes an Ahead. It asks once for each node, and remembers the answer for some seconds. */
export const createAhead = (docker: Docker, now: () => number): Ahead => {
  const pullsOn = keepAnswers(async (nodeId): Promise<readonly Task[]> => {
    const filters = { name: [PULL_PREFIX], node: [nodeId] }
    try {
      return await listTasks(docker, { filters, timeoutMs: TIMEOUT_MS })
    } catch (error) {
      if (isDockerError(error)) return []
      throw error
    }
  }, now)
  return async (task) => {
    const digest = digestOf(task)
    if (digest === undefined || !task.NodeID) return undefined
    const states = (await pullsOn(task.NodeID))
      .filter((pull) => digestOf(pull) === digest)
      .map(({ Status }) => Status.State)
    if (states.some((state) => HAS_IMAGE.has(state))) return 'there'
    return states.includes('preparing') ? 'downloading' : undefined
  }
}

const digestOf = ({ Spec }: Task): string | undefined => digestIn(Spec.ContainerSpec?.Image ?? '')
