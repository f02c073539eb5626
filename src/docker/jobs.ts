import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { ifFound } from './errors.ts'
import { encodeFilters, type Filters } from './filters.ts'
import { type CallOptions, request } from './request.ts'
import { ServiceSpec } from './service-spec.ts'

/** The body of `POST /services/create` for a task that runs to its end once on each node, since API 1.41. */
export const JobSpec = v.strictObject({
  ...ServiceSpec.entries,
  Mode: v.strictObject({ GlobalJob: v.strictObject({}) }),
})
export type JobSpec = v.InferOutput<typeof JobSpec>

const Iteration = v.optional(v.object({ Index: v.optional(v.number()) }))

/** The fields of a job that we read. All others of its spec are kept, so that it can be sent again. */
export const Job = v.object({
  ID: v.string(),
  Version: v.object({ Index: v.number() }),
  CreatedAt: v.string(),
  Spec: v.looseObject({
    Name: v.string(),
    Labels: v.optional(v.nullable(v.record(v.string(), v.string()))),
    TaskTemplate: v.looseObject({ ForceUpdate: v.optional(v.number()) }),
    Mode: v.optional(v.looseObject({ GlobalJob: v.optional(v.nullable(v.looseObject({}))) })),
  }),
  /** Each change of the job begins another iteration, which runs on all nodes again. */
  JobStatus: v.optional(
    v.object({ JobIteration: Iteration, LastExecution: v.optional(v.string()) }),
  ),
})
export type Job = v.InferOutput<typeof Job>

/** The number of the job's newest iteration. The Engine leaves out a 0. */
export const iterationOf = ({ JobStatus }: Job): number => JobStatus?.JobIteration?.Index ?? 0

const isGlobalJob = ({ Spec }: Job): boolean => Boolean(Spec.Mode?.GlobalJob)

/** `GET /services`, only the global jobs among them. The filters `name` and `id` match prefixes and use an index. */
export const listJobs = async (
  docker: Docker,
  { filters, ...options }: CallOptions & { filters: Filters },
): Promise<Job[]> => {
  const query = { filters: encodeFilters(filters) }
  const call = { ...options, method: 'GET', path: '/services', query } as const
  return (await request(docker, { ...call, schema: v.array(Job) })).filter(isGlobalJob)
}

/** `GET /services/{name}`: a global job by its exact name; undefined where it is missing or no such job. */
export const findJob = async (
  docker: Docker,
  { name, ...options }: CallOptions & { name: string },
): Promise<Job | undefined> => {
  const path = `/services/${encodeURIComponent(name)}`
  const found = await ifFound(request(docker, { ...options, method: 'GET', path, schema: Job }))
  return found && found.Spec.Name === name && isGlobalJob(found) ? found : undefined
}

const Updated = v.object({})

/**
 * `POST /services/{id}/update`: runs a job on all of its nodes again, with other labels or constraints if they are given.
 * Throws `out_of_sequence` where somebody else has changed it since it was read.
 */
export const runJobAgain = async (
  docker: Docker,
  {
    job: { ID, Version, Spec },
    labels,
    constraints,
    registryAuth,
    ...options
  }: CallOptions & {
    job: Job
    labels?: Readonly<Record<string, string>>
    constraints?: readonly string[]
    registryAuth?: string | undefined
  },
): Promise<void> => {
  const { TaskTemplate } = Spec
  await request(docker, {
    ...options,
    method: 'POST',
    path: `/services/${encodeURIComponent(ID)}/update`,
    query: { version: String(Version.Index) },
    ...(registryAuth && { headers: { 'x-registry-auth': registryAuth } }),
    body: {
      ...Spec,
      ...(labels && { Labels: labels }),
      TaskTemplate: {
        ...TaskTemplate,
        ...(constraints && { Placement: { Constraints: constraints } }),
        ForceUpdate: (TaskTemplate.ForceUpdate ?? 0) + 1,
      },
    },
    schema: Updated,
  })
}
