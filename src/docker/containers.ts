import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { ifFound } from './errors.ts'
import { type CallOptions, request } from './request.ts'

/** The part of a container that we read. */
export const Container = v.object({
  State: v.object({
    Running: v.boolean(),
    OOMKilled: v.boolean(),
  }),
})
export type Container = v.InferOutput<typeof Container>

/** The networks that a container is in; the ids are empty while it is not running. */
const Attached = v.object({
  Id: v.string(),
  HostConfig: v.optional(v.object({ NetworkMode: v.optional(v.string()) })),
  NetworkSettings: v.object({
    Networks: v.record(v.string(), v.object({ NetworkID: v.string() })),
  }),
})

/** `GET /containers/{id}/json`: an Engine knows those of its own node only; undefined for all others. */
export const findContainer = (
  docker: Docker,
  options: CallOptions & { id: string },
): Promise<Container | undefined> => inspect(docker, Container, options)

/**
 * `GET /containers/{id}/json`: the ids of the networks that a container is in, by their names; undefined as above. The
 * id may be the beginning of one. A name is none: another container may be called like the id that is looked for.
 */
export const networksOfContainer = async (
  docker: Docker,
  options: CallOptions & { id: string },
): Promise<Map<string, string> | undefined> => {
  const container = await inspect(docker, Attached, options)
  if (!container?.Id.startsWith(options.id)) return undefined
  // A container in the network of another one (`--network container:…`) has none of its own.
  const other = /^container:(.+)$/.exec(container.HostConfig?.NetworkMode ?? '')?.[1]
  const shared =
    other === undefined ? undefined : await inspect(docker, Attached, { ...options, id: other })
  const networks = Object.entries((shared ?? container).NetworkSettings.Networks)
  return new Map(networks.map(([name, { NetworkID }]) => [name, NetworkID]))
}

const inspect = async <S extends v.GenericSchema>(
  docker: Docker,
  schema: S,
  { id, ...options }: CallOptions & { id: string },
): Promise<v.InferOutput<S> | undefined> => {
  const path = `/containers/${encodeURIComponent(id)}/json`
  return ifFound(request(docker, { ...options, method: 'GET', path, schema }))
}
