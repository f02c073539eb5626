import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { encodeFilters, type Filters } from './filters.ts'
import { Reservations } from './held-resources.ts'
import { pickLabels } from './labels.ts'
import { listInParts, wholeOf } from './list-in-parts.ts'
import { type CallOptions, request } from './request.ts'
import { Task } from './tasks.ts'

const maybe = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema))

/** A task, and what it reserves. */
export const SwarmTask = v.object({
  ...Task.entries,
  Spec: v.object({
    ...Task.entries.Spec.entries,
    Resources: maybe(v.object({ Reservations: maybe(Reservations) })),
  }),
})
export type SwarmTask = v.InferOutput<typeof SwarmTask>

/**
 * `GET /tasks`: the tasks of all services of the swarm. Of the labels, only those are kept that `keepsLabel` accepts.
 * Swarm has no narrower list that also tells what nodes have left, so share the answer.
 */
export const listSwarmTasks = async (
  docker: Docker,
  { keepsLabel, ...options }: CallOptions & { keepsLabel: (name: string) => boolean },
): Promise<SwarmTask[]> => {
  const ask = async (filters: Filters, isSkimmed: boolean) => {
    const query = { filters: encodeFilters(filters) }
    const skim = isSkimmed ? { keepsKey: keepsLabel } : undefined
    const call = { ...options, method: 'GET', path: '/tasks', query, skim } as const
    const tasks = await request(docker, { ...call, schema: v.array(SwarmTask) })
    return tasks.map((task) => withLabels(task, keepsLabel))
  }
  return wholeOf(await listInParts(ask, [{}]))
}

const withLabels = (task: SwarmTask, keepsLabel: (name: string) => boolean): SwarmTask => {
  const { ContainerSpec } = task.Spec
  if (!ContainerSpec) return task
  const Labels = pickLabels(ContainerSpec.Labels, keepsLabel)
  return { ...task, Spec: { ...task.Spec, ContainerSpec: { ...ContainerSpec, Labels } } }
}
