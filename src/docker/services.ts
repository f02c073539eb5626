import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { ifFound, isDockerError } from './errors.ts'
import { encodeFilters, type Filters } from './filters.ts'
import { Reservations } from './held-resources.ts'
import type { JobSpec } from './jobs.ts'
import { pickLabels } from './labels.ts'
import { type Listing, listInParts, wholeOf } from './list-in-parts.ts'
import { decodeLogs, type LogLine } from './log-stream.ts'
import { type CallOptions, request, requestNothing, requestStream } from './request.ts'
import type { ServiceSpec } from './service-spec.ts'

/** Labels. The Engine sends an empty map as null. */
const Labels = v.optional(v.nullable(v.record(v.string(), v.string())))

/** The fields of a service that we read. Its spec may have others, because anybody may have written it. */
export const Service = v.object({
  ID: v.string(),
  Version: v.object({ Index: v.number() }),
  CreatedAt: v.string(),
  UpdatedAt: v.string(),
  Spec: v.looseObject({
    Name: v.string(),
    Labels,
    TaskTemplate: v.looseObject({
      ContainerSpec: v.optional(
        v.looseObject({
          Image: v.string(),
          Env: v.optional(v.nullable(v.array(v.string()))),
          StopGracePeriod: v.optional(v.number()),
          TTY: v.optional(v.boolean()),
        }),
      ),
      Resources: v.optional(
        v.looseObject({
          Limits: v.optional(v.looseObject({ MemoryBytes: v.optional(v.number()) })),
        }),
      ),
      RestartPolicy: v.optional(v.looseObject({ Condition: v.optional(v.string()) })),
      Networks: v.optional(
        v.nullable(
          v.array(
            v.looseObject({
              Target: v.string(),
              Aliases: v.optional(v.nullable(v.array(v.string()))),
            }),
          ),
        ),
      ),
    }),
    Mode: v.optional(
      v.looseObject({
        Replicated: v.optional(v.looseObject({ Replicas: v.optional(v.number()) })),
      }),
    ),
    EndpointSpec: v.optional(v.nullable(v.looseObject({ Mode: v.optional(v.string()) }))),
  }),
  UpdateStatus: v.optional(
    v.object({ State: v.optional(v.string()), Message: v.optional(v.string()) }),
  ),
})
export type Service = v.InferOutput<typeof Service>

/**
 * The fields that tell which server a service belongs to, and its state. They are small, however large the
 * service is.
 */
export const ServiceSummary = v.object({
  ID: v.string(),
  CreatedAt: v.string(),
  UpdatedAt: v.string(),
  Spec: v.object({
    Name: v.string(),
    Labels,
    TaskTemplate: v.object({
      ContainerSpec: v.optional(
        v.object({
          Image: v.optional(v.string()),
          StopGracePeriod: v.optional(v.number()),
          TTY: v.optional(v.boolean()),
        }),
      ),
      Resources: v.optional(
        v.object({
          Limits: v.optional(
            v.nullable(
              v.object({ NanoCPUs: v.optional(v.number()), MemoryBytes: v.optional(v.number()) }),
            ),
          ),
          Reservations: v.optional(v.nullable(Reservations)),
        }),
      ),
      Networks: v.optional(v.nullable(v.array(v.object({ Target: v.string() })))),
    }),
    Mode: v.optional(
      v.object({ Replicated: v.optional(v.object({ Replicas: v.optional(v.number()) })) }),
    ),
  }),
})
export type ServiceSummary = v.InferOutput<typeof ServiceSummary>

const Created = v.object({ ID: v.string(), Warnings: v.optional(v.nullable(v.array(v.string()))) })

/** 45 s: during a create the Engine makes two calls to the managers, and waits 20 s for each. */
const CREATE_TIMEOUT_MS = 45_000

/**
 * `POST /services/create`. The error `conflict` means that the name is taken. After an unreachable error the
 * service may exist, so look its name up before you create it again.
 */
export const createService = (
  docker: Docker,
  {
    spec,
    registryAuth,
    ...options
  }: CallOptions & { spec: ServiceSpec | JobSpec; registryAuth?: string | undefined },
) =>
  request(docker, {
    timeoutMs: CREATE_TIMEOUT_MS,
    ...options,
    method: 'POST',
    path: '/services/create',
    ...(registryAuth && { headers: { 'x-registry-auth': registryAuth } }),
    body: spec,
    schema: Created,
  })

/** `GET /services/{id}`: finds a service by full id or exact name; undefined when it does not exist. */
export const findService = (docker: Docker, options: CallOptions & { id: string }) =>
  inspect(docker, Service, options)

/** `findService` for a service of any size. Only the summary's fields are held in memory. */
export const findServiceSummary = async (
  docker: Docker,
  { keepsLabel, ...options }: CallOptions & { id: string } & Kept,
): Promise<ServiceSummary | undefined> => {
  try {
    return await inspect(docker, ServiceSummary, options)
  } catch (error) {
    if (!isDockerError(error, 'answer_too_large')) throw error
    return inspect(docker, ServiceSummary, { ...options, skim: { keepsKey: keepsLabel } })
  }
}

const inspect = async <T extends ServiceSummary>(
  docker: Docker,
  schema: v.GenericSchema<unknown, T>,
  { id, ...options }: CallOptions & { id: string; skim?: { keepsKey: Kept['keepsLabel'] } },
): Promise<T | undefined> => {
  const path = `/services/${encodeURIComponent(id)}`
  const service = await ifFound(request(docker, { ...options, method: 'GET', path, schema }))
  // The Engine also accepts the beginning of an id, which may find another service.
  return service?.ID === id || service?.Spec.Name === id ? service : undefined
}

/** Decides which labels are held. Other labels may be long and many. */
type Kept = { keepsLabel: (name: string) => boolean }

type ListOptions = CallOptions & { filters?: Filters }

/**
 * `GET /services`, in parts if it is too large for one answer. Beware of label filters: the Engine scans every
 * service for them. `name` and `id` match prefixes and use an index.
 */
export const listServices = async (docker: Docker, options: ListOptions = {}): Promise<Service[]> =>
  wholeOf(await list(docker, Service, options))

/** `listServices` with only the summary's fields, and with the parts of the list that could not be read. */
export const summarizeServices = (
  docker: Docker,
  { keepsLabel, ...options }: ListOptions & Kept & { patienceMs?: number | undefined },
): Promise<Listing<ServiceSummary>> =>
  list(docker, ServiceSummary, {
    ...options,
    keepsLabel,
    pick: (service) => ({
      ...service,
      Spec: { ...service.Spec, Labels: pickLabels(service.Spec.Labels, keepsLabel) },
    }),
  })

const list = <T>(
  docker: Docker,
  schema: v.GenericSchema<unknown, T>,
  {
    filters = {},
    patienceMs,
    keepsLabel = () => true,
    pick = (service) => service,
    ...options
  }: ListOptions & Partial<Kept> & { patienceMs?: number | undefined; pick?: (service: T) => T },
): Promise<Listing<T>> =>
  listInParts(
    async (part, isSkimmed) => {
      const query = { filters: encodeFilters(part) }
      const skim = isSkimmed ? { keepsKey: keepsLabel } : undefined
      const call = { ...options, method: 'GET', path: '/services', query, skim } as const
      return (await request(docker, { ...call, schema: v.array(schema) })).map(pick)
    },
    [filters],
    patienceMs === undefined ? {} : { patienceMs },
  )

/**
 * `DELETE /services/{id}`: returns whether the service existed. Its containers run on for a moment; their tasks
 * show when they end.
 */
export const removeService = async (
  docker: Docker,
  { id, ...options }: CallOptions & { id: string },
): Promise<boolean> => {
  const path = `/services/${encodeURIComponent(id)}`
  const removal = requestNothing(docker, { ...options, method: 'DELETE', path })
  return (await ifFound(removal.then(() => true))) ?? false
}

/** `GET /services/{id}/logs`: yields lines as they come. Without `follow` it ends after the last line. */
export async function* serviceLogs(
  docker: Docker,
  {
    id,
    tail,
    follow,
    tty,
    ...options
  }: CallOptions & {
    id: string
    /** How many lines to read from the end. */
    tail?: number
    follow?: boolean
    /** True for a service with a terminal: its log has no frames. Since Engine 23 the Content-Type says so as well. */
    tty?: boolean | undefined
  },
): AsyncGenerator<LogLine> {
  const response = await requestStream(docker, {
    ...options,
    method: 'GET',
    path: `/services/${encodeURIComponent(id)}/logs`,
    query: {
      stdout: 'true',
      stderr: 'true',
      tail: tail === undefined ? undefined : String(tail),
      follow: follow ? 'true' : undefined,
    },
  })
  const isRaw = tty ?? response.header('content-type')?.includes('raw-stream') ?? false
  yield* decodeLogs(response.body, { isRaw, signal: options.signal })
}
