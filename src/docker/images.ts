import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { ifFound } from './errors.ts'
import { type CallOptions, request } from './request.ts'

const Distribution = v.object({
  Descriptor: v.object({ digest: v.string(), mediaType: v.optional(v.string()) }),
  Platforms: v.optional(
    v.nullable(
      v.array(v.object({ architecture: v.optional(v.string()), os: v.optional(v.string()) })),
    ),
  ),
})
export type Distribution = v.InferOutput<typeof Distribution>

const LocalImage = v.object({ Id: v.string() })

/** Names keep their slashes in the path: the Engine routes `/images/{name:.*}/json`. */
const inPath = (name: string): string => name.split('/').map(encodeURIComponent).join('/')

/**
 * `GET /distribution/{name}/json`: asks the image's registry for its digest. Throws `unauthorized` without
 * credentials, `not_found` for an unknown tag, `server_error` where the registry can't be reached.
 */
export const inspectDistribution = (
  docker: Docker,
  {
    image,
    registryAuth,
    ...options
  }: CallOptions & { image: string; registryAuth?: string | undefined },
): Promise<Distribution> =>
  request(docker, {
    ...options,
    method: 'GET',
    path: `/distribution/${inPath(image)}/json`,
    ...(registryAuth && { headers: { 'x-registry-auth': registryAuth } }),
    schema: Distribution,
  })

/** `GET /images/{name}/json`: says whether this Engine, not the whole Swarm, has the image already. */
export const hasImage = async (
  docker: Docker,
  { image, ...options }: CallOptions & { image: string },
): Promise<boolean> => {
  const path = `/images/${inPath(image)}/json`
  const found = request(docker, { ...options, method: 'GET', path, schema: LocalImage })
  return (await ifFound(found)) !== undefined
}
