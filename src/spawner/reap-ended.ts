import type { Task } from '../docker/tasks.ts'
import type { PollOptions, SeenServer } from './polled-server.ts'
import { reap } from './reap.ts'
import { whyTimeIsOver } from './server/ends-at.ts'
import { readLabels } from './server/labels.ts'
import type { Spawner } from './spawner.ts'
import { earlierEnds, withEarlierEnds } from './state/earlier-ends.ts'
import { whyPullCannotSucceed } from './state/failing-pull.ts'
import { withFullCluster } from './state/full-cluster.ts'
import { givenUp } from './state/given-up.ts'
import { withHealthCheck } from './state/health-check.ts'
import { withLongPreparing } from './state/long-preparing.ts'
import { newestTask } from './state/newest-task.ts'
import { withNodeTrouble } from './state/node-trouble.ts'
import type { ServerState } from './state/server-state.ts'
import { withUnallocated } from './state/unallocated.ts'

/**
 * Adds to a server's state what its tasks do not say: that their node is lost, why Swarm does not allocate them, that
 * their image can never be pulled, that the cluster is full, or that a health check has not passed.
 * Removes the service of a server that has ended. Asks the Engine nothing about a server that runs.
 */
export const reapEnded = async (
  spawner: Spawner,
  { tasks, state }: SeenServer,
  { signal, keepsEnded }: Pick<PollOptions, 'signal' | 'keepsEnded'>,
): Promise<ServerState> => {
  const task = newestTask(tasks)
  const troubled = await withNodeTrouble(spawner, state, task, signal)
  const allocated = await withUnallocated(spawner, troubled, task, { mayEnd: isLast(task), signal })
  const told = withTimeOver(spawner, withHopelessPull(spawner, allocated, task), task)
  if (told.state !== 'failed' && told.state !== 'exited')
    return explainWait(spawner, told, tasks, signal)
  // A server that is stopping and has failed is on a lost node. The Engine would wait for the logs of that node.
  return reap(spawner, told, state.state === 'stopping' ? [] : tasks, { isKept: keepsEnded })
}

/** Adds to the state of a server that starts what it waits for, and how it ended before. */
const explainWait = async (
  spawner: Spawner,
  state: ServerState,
  tasks: readonly Task[],
  signal: AbortSignal | undefined,
): Promise<ServerState> => {
  const told = withEarlierEnds(state, await earlierEnds(spawner, state, tasks, signal))
  const task = newestTask(tasks)
  const checked = await withHealthCheck(spawner, told, task, signal)
  return withFullCluster(spawner, await withLongPreparing(spawner, checked, task, signal), task)
}

/**
 * Gives up a server whose pull fails for good, as Engines before 29 do by themselves. A start does the same, but no start
 * watches when an operator updates a service to an image that is missing. A server with a restart policy goes on, as it does
 * on older Engines.
 */
const withHopelessPull = (
  { now, pullPatienceMs }: Spawner,
  state: ServerState,
  task: Task | undefined,
): ServerState => {
  if (state.state !== 'starting' || !isLast(task)) return state
  const reason = whyPullCannotSucceed(task, { now: now(), patienceMs: pullPatienceMs })
  return reason === undefined ? state : givenUp(state, { reason, advice: state.advice })
}

/** Ends a server whose `max_runtime` is over. Its hub is told with this poll, and the service is removed. */
const withTimeOver = (
  { now }: Spawner,
  state: ServerState,
  task: Task | undefined,
): ServerState => {
  if (state.state !== 'running' && state.state !== 'starting') return state
  const reason = whyTimeIsOver(readLabels(task?.Spec.ContainerSpec?.Labels), now())
  return reason === undefined ? state : givenUp(state, { reason, status: 0, advice: null })
}

const isLast = (task: Task | undefined): boolean => task?.Spec.RestartPolicy?.Condition === 'none'
