import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { ifFound } from './errors.ts'
import { type CallOptions, request } from './request.ts'

/** The fields of a container that we read. */
export const Container = v.object({
  State: v.object({
    Running: v.boolean(),
    OOMKilled: v.boolean(),
  }),
})
export type Container = v.InferOutput<typeof Container>

const Nanoseconds = v.optional(v.number(), 0)

/** A health check as the Engine runs it, and the checks that it has kept: at most five. Without a check, `Health` is absent. */
const Checked = v.object({
  State: v.object({
    Running: v.boolean(),
    Health: v.optional(
      v.nullable(v.object({ Log: v.optional(v.nullable(v.array(v.object({})))) })),
    ),
  }),
  Config: v.object({
    Healthcheck: v.optional(
      v.nullable(
        v.object({
          Interval: Nanoseconds,
          StartPeriod: Nanoseconds,
          StartInterval: Nanoseconds,
        }),
      ),
    ),
  }),
})
export type CheckedContainer = v.InferOutput<typeof Checked>

/** The networks of a container. While the container is not running, their ids are empty. */
const Attached = v.object({
  Id: v.string(),
  HostConfig: v.optional(v.object({ NetworkMode: v.optional(v.string()) })),
  NetworkSettings: v.object({
    Networks: v.record(v.string(), v.object({ NetworkID: v.string() })),
  }),
})

/**
 * `GET /containers/{id}/json`. An Engine only knows the containers on its own node; undefined for all others.
 */
export const findContainer = (
  docker: Docker,
  options: CallOptions & { id: string },
): Promise<Container | undefined> => inspect(docker, Container, options)

/** `GET /containers/{id}/json`: the health check of a container, also one that its image has. */
export const healthOfContainer = (
  docker: Docker,
  options: CallOptions & { id: string },
): Promise<CheckedContainer | undefined> => inspect(docker, Checked, options)

/**
 * `GET /containers/{id}/json`: the ids of a container's networks, by network name. Undefined when this Engine
 * does not have the container. `id` may be the beginning of an id, but not a name: another container could have
 * our id as its name.
 */
export const networksOfContainer = async (
  docker: Docker,
  options: CallOptions & { id: string },
): Promise<Map<string, string> | undefined> => {
  const container = await inspect(docker, Attached, options)
  if (!container?.Id.startsWith(options.id)) return undefined
  // A container that uses another container's network (`--network container:…`) has no networks itself.
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
