import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { engineWords } from './engine-words.ts'
import { isDockerError } from './errors.ts'
import { encodeFilters, type Filters } from './filters.ts'
import { type CallOptions, request } from './request.ts'

/** Swarm's task states, in the order in which a task passes them; from `complete` on it has ended. */
export const TaskState = v.picklist([
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
])
export type TaskState = v.InferOutput<typeof TaskState>

/** What a task says of itself; on its way to people, so that nothing secret gets further than here. */
const Words = v.pipe(v.string(), v.transform(engineWords))

/** The part of a task that we read. */
export const Task = v.object({
  ID: v.string(),
  CreatedAt: v.string(),
  /** Absent for a task that belongs to no service (a network attachment). */
  ServiceID: v.optional(v.string()),
  NodeID: v.optional(v.string()),
  DesiredState: TaskState,
  Spec: v.object({
    ContainerSpec: v.optional(
      v.object({
        Image: v.optional(v.string()),
        Labels: v.optional(v.nullable(v.record(v.string(), v.string()))),
      }),
    ),
    RestartPolicy: v.optional(v.object({ Condition: v.optional(v.string()) })),
    Networks: v.optional(
      v.nullable(v.array(v.object({ Aliases: v.optional(v.nullable(v.array(v.string()))) }))),
    ),
  }),
  Status: v.object({
    Timestamp: v.string(),
    State: TaskState,
    Message: v.optional(Words),
    Err: v.optional(Words),
    ContainerStatus: v.optional(
      v.nullable(
        v.object({ ContainerID: v.optional(v.string()), ExitCode: v.optional(v.number()) }),
      ),
    ),
  }),
})
export type Task = v.InferOutput<typeof Task>

const Tasks = v.array(Task)

/**
 * `GET /tasks`. The cheap way to ask for many services at once is the filter `name: ['web.', 'db.']`: task names
 * are `<service>.<slot>.<id>` and a service name has no dot, so the prefix is exact; it never answers 404, and
 * shows the tasks of a removed service until their containers are gone.
 */
export const listTasks = (
  docker: Docker,
  { filters, ...options }: CallOptions & { filters?: Filters } = {},
): Promise<Task[]> =>
  request(docker, {
    ...options,
    method: 'GET',
    path: '/tasks',
    query: { filters: encodeFilters(filters) },
    schema: Tasks,
  })

/** `GET /tasks/{id}`: undefined where there is none. */
export const findTask = async (
  docker: Docker,
  { id, ...options }: CallOptions & { id: string },
): Promise<Task | undefined> => {
  try {
    const path = `/tasks/${encodeURIComponent(id)}`
    return await request(docker, { ...options, method: 'GET', path, schema: Task })
  } catch (error) {
    if (isDockerError(error, 'not_found')) return undefined
    throw error
  }
}
