import { isDockerError, isUnreachable } from '../docker/errors.ts'
import type { Listing } from '../docker/list-in-parts.ts'
import { MOST_NAMES } from '../docker/names-at-once.ts'
import { type ServiceSummary, summarizeServices } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import { reap } from './remove-server.ts'
import { isOf, servicesOfHub, servicesOfUser, tasksOf } from './server/find-server.ts'
import { hubFilter, isOurLabel, readLabels } from './server/labels.ts'
import type { ServerKey } from './server/server-key.ts'
import { serviceName } from './server/service-name.ts'
import { tasksByService } from './server/task-watch.ts'
import type { Spawner } from './spawner.ts'
import { whyPullCannotSucceed } from './state/failing-pull.ts'
import { givenUp } from './state/given-up.ts'
import { newestTask } from './state/newest-task.ts'
import { withNodeTrouble } from './state/node-trouble.ts'
import {
  type ServerState,
  scaledToNone,
  serverState,
  taskless,
  unreadable,
} from './state/server-state.ts'

export type PollOptions = { hub: string; signal?: AbortSignal | undefined }

/** A server to be polled; a hub that names its spawn is told where that was taken from it. */
export type PolledServer = ServerKey & { spawn_id?: string | undefined }

/** A server that is polled, its tasks, and what they say. */
export type Look = { server: PolledServer; tasks: readonly Task[]; state: ServerState }

/**
 * Looks for the services of servers without a task, explains what tasks alone don't, and removes what has ended; asks the
 * Engine nothing where all run. What the Engine refuses for one server is told of that server alone.
 */
export const lookCloser = async (
  spawner: Spawner,
  options: PollOptions,
  looks: readonly Look[],
): Promise<ServerState[]> => {
  const missing = looks.filter(({ state }) => state.state === 'absent')
  const found = missing.length > 0 ? await findMissing(spawner, options, missing) : NOTHING
  return Promise.all(
    looks.map(async (look) => {
      try {
        return await lookAt(spawner, options, { look, ...found })
      } catch (error) {
        if (!isDockerError(error)) throw error
        const { message } = error
        // An Engine that can't be asked any more is about all of them.
        if (isUnreachable(error) || looks.length === 1) throw error
        return unreadableOf(look, message)
      }
    }),
  )
}

const lookAt = async (
  spawner: Spawner,
  options: PollOptions,
  { look, items, unread }: Listing<ServiceSummary> & { look: Look },
): Promise<ServerState> => {
  const { server, tasks, state: seen } = look
  const { hub, signal } = options
  const isMissing = seen.state === 'absent'
  const service = items.find(({ Spec }) => isOf(readLabels(Spec.Labels), hub, server))
  const [hidden] = unread
  // A service that can't be read is not gone.
  if (isMissing && !service && hidden) throw hidden.error
  if (isMissing && !service) return explainAbsence(server, seen)
  const known =
    isMissing && service ? await stateOfService(spawner, { ...options, server }, service) : seen
  const troubled = await withNodeTrouble(spawner, known, newestTask(tasks), signal)
  const state = withHopelessPull(spawner, troubled, newestTask(tasks))
  if (state.state !== 'failed' && state.state !== 'exited') return state
  // A task that is still stopping here is on a lost node. The Engine would wait for that node's logs.
  return reap(spawner, state, known.state === 'stopping' ? [] : tasks)
}

const unreadableOf = ({ server, state }: Look, reason: string): ServerState =>
  unreadable(state.service_name, {
    reason,
    id: state.service_id,
    spawnId: state.spawn_id ?? server.spawn_id ?? null,
  })

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
  const reason = whyPullCannotSucceed(task, { now: now(), patienceMs: pullPatienceMs })
  return reason === undefined ? state : givenUp(state, { reason, advice: state.advice })
}

/** A hub that still asks for a spawn id did not stop that spawn, so we say why it is gone. */
const explainAbsence = ({ spawn_id }: PolledServer, state: ServerState): ServerState =>
  spawn_id === undefined
    ? state
    : {
        ...state,
        reason:
          'Its service is gone: somebody removed it (docker service rm), or its end has been told before',
      }

/** By name, which is cheap; else by labels, for one that was started under a former service_prefix. */
const findMissing = async (
  spawner: Spawner,
  { hub, signal }: PollOptions,
  missing: readonly Look[],
): Promise<Listing<ServiceSummary>> => {
  const name = missing.map(({ state }) => state.service_name)
  const filters = { name, label: [hubFilter(hub)] }
  const byName =
    name.length <= MOST_NAMES
      ? await summarizeServices(spawner.docker, { filters, keepsLabel: isOurLabel, signal })
      : NOTHING
  const items = byName.items.filter(
    ({ Spec }) => name.includes(Spec.Name) && readLabels(Spec.Labels)?.hub === hub,
  )
  if (items.length === name.length) return { items, unread: [] }
  const [only] = missing
  const byLabels =
    only && missing.length === 1
      ? await servicesOfUser(spawner, { hub, server: only.server, signal })
      : await servicesOfHub(spawner, hub, { signal })
  return { ...byLabels, items: [...items, ...byLabels.items] }
}

const NOTHING: Listing<ServiceSummary> = { items: [], unread: [] }

const stateOfService = async (
  spawner: Spawner,
  { hub, server, signal }: PollOptions & { server: ServerKey },
  { ID, Spec }: ServiceSummary,
): Promise<ServerState> => {
  // Under the name that it should have, it has just been seen to have no task.
  const isSeen = Spec.Name === serviceName(server)
  const found = isSeen ? undefined : await tasksByService(spawner.docker, [Spec.Name], signal)
  const trouble = found?.troubles.get(Spec.Name)
  if (trouble) throw trouble
  const own = tasksOf(found?.tasks.get(Spec.Name) ?? [], hub, server)
  if (own.length > 0) return serverState(Spec.Name, own, await spawner.nodeNames(own, signal))
  const service = { id: ID, spawnId: readLabels(Spec.Labels)?.spawnId ?? null }
  return Spec.Mode?.Replicated?.Replicas === 0
    ? scaledToNone(Spec.Name, service)
    : taskless(Spec.Name, service)
}
