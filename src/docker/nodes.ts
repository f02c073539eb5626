import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { encodeFilters, type Filters } from './filters.ts'
import { type CallOptions, request } from './request.ts'

/** The part of a Swarm node that we read. */
export const Node = v.object({
  ID: v.string(),
  Spec: v.object({ Role: v.string(), Availability: v.string() }),
  Description: v.object({
    Hostname: v.optional(v.string(), ''),
    Resources: v.optional(
      v.object({ NanoCPUs: v.optional(v.number()), MemoryBytes: v.optional(v.number()) }),
    ),
  }),
  Status: v.object({ State: v.string(), Message: v.optional(v.string()) }),
})
export type Node = v.InferOutput<typeof Node>

/** `GET /nodes` */
export const listNodes = (
  docker: Docker,
  { filters, ...options }: CallOptions & { filters?: Filters } = {},
): Promise<Node[]> =>
  request(docker, {
    ...options,
    method: 'GET',
    path: '/nodes',
    query: { filters: encodeFilters(filters) },
    schema: v.array(Node),
  })
