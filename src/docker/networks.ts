import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { ifFound } from './errors.ts'
import { type CallOptions, request } from './request.ts'

/** The fields of a network that we read. A service can only join a network with scope `swarm`. */
export const Network = v.object({
  Id: v.string(),
  Name: v.string(),
  Scope: v.string(),
  Driver: v.string(),
  Ingress: v.optional(v.boolean()),
  Options: v.optional(v.nullable(v.record(v.string(), v.string()))),
})
export type Network = v.InferOutput<typeof Network>

/**
 * `GET /networks/{id}`: finds a network by id or name; undefined when it does not exist. Beware: a manager
 * without quorum answers 404 for a Swarm network that exists.
 */
export const findNetwork = async (
  docker: Docker,
  { id, ...options }: CallOptions & { id: string },
): Promise<Network | undefined> => {
  const path = `/networks/${encodeURIComponent(id)}`
  return ifFound(request(docker, { ...options, method: 'GET', path, schema: Network }))
}
