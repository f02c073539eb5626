import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { type CallOptions, request, requestHeaders } from './request.ts'

/** The answer of `/_ping`. Engines before 23 have no `swarm`. */
export type Ping = {
  apiVersion: string | undefined
  /** `inactive`, `pending`, `locked`, `error`, `active/worker` or `active/manager`. */
  swarm: string | undefined
}

/** `HEAD /_ping` */
export const ping = async (docker: Docker, options: CallOptions = {}): Promise<Ping> => {
  const header = await requestHeaders(docker, { ...options, method: 'HEAD', path: '/_ping' })
  return { apiVersion: header('api-version'), swarm: header('swarm') }
}

/** The fields of `/info` that we read. */
export const Info = v.object({
  ServerVersion: v.string(),
  Name: v.string(),
  Swarm: v.object({
    LocalNodeState: v.string(),
    ControlAvailable: v.boolean(),
    Error: v.optional(v.string(), ''),
    Managers: v.optional(v.number()),
    Nodes: v.optional(v.number()),
  }),
  /** The directory of the Engine's own data: images, containers and volumes. */
  DockerRootDir: v.optional(v.string()),
  SystemTime: v.optional(v.string()),
  KernelVersion: v.optional(v.string()),
})
export type Info = v.InferOutput<typeof Info>

/** `GET /info`. It costs the Engine ten times as much as a ping, so do not call it for every request. */
export const info = (docker: Docker, options: CallOptions = {}): Promise<Info> =>
  request(docker, { ...options, method: 'GET', path: '/info', schema: Info })
