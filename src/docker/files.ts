import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { encodeFilters } from './filters.ts'
import { type CallOptions, request } from './request.ts'

/** A secret or a config, as far as we read it. */
export const SwarmFile = v.object({ ID: v.string(), Spec: v.object({ Name: v.string() }) })
export type SwarmFile = v.InferOutput<typeof SwarmFile>

/** `listFiles` of one Engine. */
export const filesOf =
  (docker: Docker) =>
  (
    asked: { kind: 'secrets' | 'configs'; names: readonly string[] },
    signal?: AbortSignal,
  ): Promise<SwarmFile[]> =>
    listFiles(docker, { ...asked, signal })

/** `GET /secrets` or `GET /configs`: those whose names begin with one of `names`; configs have no filter for a whole name. */
export const listFiles = (
  docker: Docker,
  {
    kind,
    names,
    ...options
  }: CallOptions & { kind: 'secrets' | 'configs'; names: readonly string[] },
): Promise<SwarmFile[]> =>
  request(docker, {
    ...options,
    method: 'GET',
    path: `/${kind}`,
    query: { filters: encodeFilters({ name: names }) },
    schema: v.array(SwarmFile),
  })
