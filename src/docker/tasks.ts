import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { engineWords } from './engine-words.ts'
import { encodeFilters, type Filters } from './filters.ts'
import { pickLabels } from './labels.ts'
import { chunks, type Listing, listInParts } from './list-in-parts.ts'
import { MOST_NAMES } from './names-at-once.ts'
import { type CallOptions, request } from './request.ts'

/** Swarm's task states, in the order in which a task passes them. From `complete` on the task has ended. */
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

/** The text of a task, without secrets, because people will read it. */
const Words = v.pipe(v.string(), v.transform(engineWords))

const VolumeOptions = v.nullish(
  v.object({
    DriverConfig: v.nullish(v.object({ Options: v.nullish(v.record(v.string(), v.string())) })),
  }),
)

/** The fields of a task that we read. */
export const Task = v.object({
  ID: v.string(),
  CreatedAt: v.string(),
  /** Absent for a task that belongs to no service, such as a network attachment. */
  ServiceID: v.optional(v.string()),
  NodeID: v.optional(v.string()),
  DesiredState: TaskState,
  /** Of a job's task: the iteration of the job. The Engine leaves out a 0. */
  JobIteration: v.optional(v.nullable(v.object({ Index: v.optional(v.number()) }))),
  Spec: v.object({
    ContainerSpec: v.optional(
      v.object({
        Image: v.optional(v.string()),
        Labels: v.optional(v.nullable(v.record(v.string(), v.string()))),
        /** Fields that are absent or 0 come from the image. */
        Healthcheck: v.optional(
          v.nullable(
            v.object({
              Test: v.optional(v.nullable(v.array(v.string()))),
              Interval: v.optional(v.number()),
              StartPeriod: v.optional(v.number()),
              StartInterval: v.optional(v.number()),
            }),
          ),
        ),
        Mounts: v.optional(v.nullable(v.array(v.object({ VolumeOptions })))),
      }),
    ),
    RestartPolicy: v.optional(v.object({ Condition: v.optional(v.string()) })),
    Networks: v.optional(
      v.nullable(
        v.array(
          v.object({
            Target: v.optional(v.string()),
            Aliases: v.optional(v.nullable(v.array(v.string()))),
          }),
        ),
      ),
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
 * `GET /tasks`. The cheap way to ask for many services at once is the filter `name: ['web.', 'db.']`. A task's
 * name is `<service>.<slot>.<id>` and a service's name has no dot, so such a prefix is exact. The answer is
 * never 404, and it includes the tasks of a removed service until their containers are gone.
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

/**
 * The tasks of services with these exact names, in as few calls as possible. Of each task only the labels are
 * kept that `keepsLabel` accepts. A service whose tasks cannot be read is in `unread`: its filter `name` is the
 * service's name and a dot.
 */
export const tasksOfServices = async (
  docker: Docker,
  {
    serviceNames,
    keepsLabel,
    ...options
  }: CallOptions & { serviceNames: readonly string[]; keepsLabel: (name: string) => boolean },
): Promise<Listing<Task>> => {
  const ask = async (filters: Filters, isSkimmed: boolean) => {
    const query = { filters: encodeFilters(filters) }
    const skim = isSkimmed ? { keepsKey: keepsLabel } : undefined
    const call = { ...options, method: 'GET', path: '/tasks', query, skim } as const
    const tasks = await request(docker, { ...call, schema: Tasks })
    return tasks.map((task) => withLabels(task, keepsLabel))
  }
  const onTooLarge = ({ name = [] }: Filters) => docker.namesAtOnce.wereTooMany(name.length)
  const names = serviceNames.map((name) => `${name}.`)
  const lists = await Promise.all(
    chunks(names, MOST_NAMES).map((many) => {
      const parts = chunks(many, docker.namesAtOnce.count()).map((name) => ({ name }))
      return listInParts(ask, parts, { onTooLarge })
    }),
  )
  return {
    items: lists.flatMap(({ items }) => items),
    unread: lists.flatMap(({ unread }) => unread),
  }
}

const withLabels = (task: Task, keepsLabel: (name: string) => boolean): Task => {
  const { ContainerSpec } = task.Spec
  if (!ContainerSpec) return task
  const Labels = pickLabels(ContainerSpec.Labels, keepsLabel)
  return { ...task, Spec: { ...task.Spec, ContainerSpec: { ...ContainerSpec, Labels } } }
}
