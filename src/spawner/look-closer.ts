import { listServices, type Service } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import { whyPullIsHopeless } from './failing-pull.ts'
import { isOf, servicesOfHub, tasksOf } from './find-server.ts'
import { givenUp } from './given-up.ts'
import { readLabels } from './labels.ts'
import { newestTask } from './newest-task.ts'
import { withNodeTrouble } from './node-trouble.ts'
import { reap } from './remove-server.ts'
import type { ServerKey } from './server-key.ts'
import { type ServerState, scaledToNone, serverState, taskless } from './server-state.ts'
import { serviceName } from './service-name.ts'
import type { Spawner } from './spawner.ts'
import { tasksByService } from './task-watch.ts'

export type PollOptions = { hub: string; signal?: AbortSignal | undefined }

/** A server to be polled; a hub that names its spawn is told where that was taken from it. */
export type PolledServer = ServerKey & { spawn_id?: string | undefined }

/** A server that is polled, its tasks, and what they say. */
export type Look = { server: PolledServer; tasks: readonly Task[]; state: ServerState }

/**
 * Looks for the services of servers without a task, explains what tasks alone don't, and removes what has ended; asks the
 * Engine nothing where all run.
 */
export const lookCloser = async (
  spawner: Spawner,
  options: PollOptions,
  looks: readonly Look[],
): Promise<ServerState[]> => {
  const missing = looks.filter(({ state }) => state.state === 'absent')
  const services = missing.length > 0 ? await findMissing(spawner, options, missing) : []
  return Promise.all(
    looks.map(async ({ server, tasks, state: seen }) => {
      const { hub, signal } = options
      const isMissing = seen.state === 'absent'
      const service = services.find(({ Spec }) => isOf(readLabels(Spec.Labels), hub, server))
      if (isMissing && !service) return explainAbsence(server, seen)
      const known =
        isMissing && service ? await stateOfService(spawner, { ...options, server }, service) : seen
      const troubled = await withNodeTrouble(spawner, known, newestTask(tasks), signal)
      const state = withHopelessPull(spawner, troubled, newestTask(tasks))
      if (state.state !== 'failed' && state.state !== 'exited') return state
      // What was still stopping is on a lost node, whose logs the Engine would wait for.
      return reap(spawner, state, known.state === 'stopping' ? [] : tasks)
    }),
  )
}

/**
 * Ends a server whose pull fails for good, as older Engines do by themselves: after an update to a missing image there is
 * no start that would. Where a restart is still to come, an older Engine goes on, too.
 */
const withHopelessPull = (
  { now, pullPatienceMs }: Spawner,
  state: ServerState,
  task: Task | undefined,
): ServerState => {
  const isLast = task?.Spec.RestartPolicy?.Condition === 'none'
  if (state.state !== 'starting' || !isLast) return state
  const reason = whyPullIsHopeless(task, { now: now(), patienceMs: pullPatienceMs })
  return reason === undefined ? state : givenUp(state, { reason, advice: state.advice })
}

/** Who names a spawn has not stopped it. */
const explainAbsence = ({ spawn_id }: PolledServer, state: ServerState): ServerState =>
  spawn_id === undefined
    ? state
    : {
        ...state,
        reason:
          'Its service is gone: somebody removed it (docker service rm), or its end has been told before',
      }

/** By name, which is cheap; else all of the hub's, for one that was started under a former service_prefix. */
const findMissing = async (
  spawner: Spawner,
  { hub, signal }: PollOptions,
  missing: readonly Look[],
): Promise<Service[]> => {
  const name = missing.map(({ state }) => state.service_name)
  const byName =
    name.length <= 200 ? await listServices(spawner.docker, { filters: { name }, signal }) : []
  const found = byName.filter(
    ({ Spec }) => name.includes(Spec.Name) && readLabels(Spec.Labels)?.hub === hub,
  )
  return found.length === name.length ? found : servicesOfHub(spawner, hub, signal)
}

const stateOfService = async (
  spawner: Spawner,
  { hub, server, signal }: PollOptions & { server: ServerKey },
  { ID, Spec }: Service,
): Promise<ServerState> => {
  // Under the name that it should have, it has just been seen to have no task.
  const isSeen = Spec.Name === serviceName(server)
  const tasks = isSeen ? undefined : await tasksByService(spawner.docker, [Spec.Name], signal)
  const own = tasksOf(tasks?.get(Spec.Name) ?? [], hub, server)
  if (own.length > 0) return serverState(Spec.Name, own, await spawner.nodeNames(own, signal))
  const service = { id: ID, spawnId: readLabels(Spec.Labels)?.spawnId ?? null }
  return Spec.Mode?.Replicated?.Replicas === 0
    ? scaledToNone(Spec.Name, service)
    : taskless(Spec.Name, service)
}
