import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { ifFound } from './errors.ts'
import { type CallOptions, request } from './request.ts'

const Labels = v.optional(v.nullable(v.record(v.string(), v.string())))

/** A generic resource of a node, such as a GPU: a count, or one with a name. */
export const OfferedResource = v.object({
  DiscreteResourceSpec: v.optional(v.object({ Kind: v.string(), Value: v.number() })),
  NamedResourceSpec: v.optional(v.object({ Kind: v.string(), Value: v.string() })),
})
export type OfferedResource = v.InferOutput<typeof OfferedResource>

/** The fields of a Swarm node that we read. */
export const Node = v.object({
  ID: v.string(),
  Spec: v.object({ Role: v.string(), Availability: v.string(), Labels }),
  Description: v.object({
    Hostname: v.optional(v.string(), ''),
    Platform: v.optional(
      v.object({ OS: v.optional(v.string()), Architecture: v.optional(v.string()) }),
    ),
    Engine: v.optional(v.object({ EngineVersion: v.optional(v.string()), Labels })),
    Resources: v.optional(
      v.object({
        NanoCPUs: v.optional(v.number()),
        MemoryBytes: v.optional(v.number()),
        GenericResources: v.optional(v.nullable(v.array(OfferedResource))),
      }),
    ),
  }),
  Status: v.object({
    State: v.string(),
    Message: v.optional(v.string()),
    Addr: v.optional(v.string()),
  }),
})
export type Node = v.InferOutput<typeof Node>

/** `GET /nodes` */
export const listNodes = (docker: Docker, options: CallOptions = {}): Promise<Node[]> =>
  request(docker, {
    ...options,
    method: 'GET',
    path: '/nodes',
    schema: v.array(Node),
  })

/** `GET /nodes/{id}`. Undefined when the node does not exist. */
export const findNode = async (
  docker: Docker,
  { id, ...options }: CallOptions & { id: string },
): Promise<Node | undefined> => {
  const path = `/nodes/${encodeURIComponent(id)}`
  return ifFound(request(docker, { ...options, method: 'GET', path, schema: Node }))
}
