import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { ifFound, isDockerError } from './errors.ts'
import { encodeFilters, type Filters } from './filters.ts'
import { pickLabels } from './labels.ts'
import { type Listing, listInParts, wholeOf } from './list-in-parts.ts'
import { decodeLogs, type LogLine } from './log-stream.ts'
import { type CallOptions, request, requestNothing, requestStream } from './request.ts'
import type { ServiceSpec } from './service-spec.ts'

/** A map that the Engine sends as null when it is empty. */
const Labels = v.optional(v.nullable(v.record(v.string(), v.string())))

/** The part of a service that we read; its spec is loose, for anybody may have written it. */
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

/** The fields that say whose a service is and how it stands. They are small, however large the service is. */
export const ServiceSummary = v.object({
  ID: v.string(),
  CreatedAt: v.string(),
  UpdatedAt: v.string(),
  Spec: v.object({
    Name: v.string(),
    Labels,
    TaskTemplate: v.object({
      ContainerSpec: v.optional(v.object({ StopGracePeriod: v.optional(v.number()) })),
      Networks: v.optional(v.nullable(v.array(v.object({ Target: v.string() })))),
    }),
    Mode: v.optional(
      v.object({ Replicated: v.optional(v.object({ Replicas: v.optional(v.number()) })) }),
    ),
  }),
})
export type ServiceSummary = v.InferOutput<typeof ServiceSummary>

const Created = v.object({ ID: v.string(), Warnings: v.optional(v.nullable(v.array(v.string()))) })

/** A create makes two inner calls to the managers, 20 s each. */
const CREATE_TIMEOUT_MS = 45_000

/**
 * `POST /services/create`. A `conflict` means the name is taken; after any error of the unreachable family
 * the service may exist all the same, so look the name up before creating again.
 */
export const createService = (
  docker: Docker,
  {
    spec,
    registryAuth,
    ...options
  }: CallOptions & { spec: ServiceSpec; registryAuth?: string | undefined },
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

/** `GET /services/{id}`: by full id or exact name; undefined where there is none. */
export const findService = (docker: Docker, options: CallOptions & { id: string }) =>
  inspect(docker, Service, options)

/** The same, of a service of any size: what is left out of it is not held. */
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
  // The Engine also answers to a prefix of an id, which may be somebody else's.
  return service?.ID === id || service?.Spec.Name === id ? service : undefined
}

/** Which labels are held: others may be long and many. */
type Kept = { keepsLabel: (name: string) => boolean }

type ListOptions = CallOptions & { filters?: Filters }

/**
 * `GET /services`, in parts where it is too large for one answer. Beware of label filters: they scan every service;
 * `name` and `id` match prefixes, by index.
 */
export const listServices = async (docker: Docker, options: ListOptions = {}): Promise<Service[]> =>
  wholeOf(await list(docker, Service, options))

/** The same, with the little that tells whose a service is; and what of the list could not be read. */
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

/** `DELETE /services/{id}`: says whether it was there. The containers go on for a moment: see their tasks. */
export const removeService = async (
  docker: Docker,
  { id, ...options }: CallOptions & { id: string },
): Promise<boolean> => {
  const path = `/services/${encodeURIComponent(id)}`
  const removal = requestNothing(docker, { ...options, method: 'DELETE', path })
  return (await ifFound(removal.then(() => true))) ?? false
}

/** `GET /services/{id}/logs`: lines as they come; ends by itself unless `follow`. */
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
    /** How many of the last lines. */
    tail?: number
    follow?: boolean
    /** True for a service with a terminal, whose log has no frames. Since Engine 23 the Content-Type says so. */
    tty?: boolean
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
