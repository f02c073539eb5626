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

const LocalImage = v.object({
  Id: v.string(),
  /** `name@sha256:…` of each repository that it was pulled from or pushed to. Newer Engines leave out an empty list. */
  RepoDigests: v.optional(v.nullable(v.array(v.string()))),
})
export type LocalImage = v.InferOutput<typeof LocalImage>

/** The slashes of a name stay as they are in the path: the Engine's route is `/images/{name:.*}/json`. */
const inPath = (name: string): string => name.split('/').map(encodeURIComponent).join('/')

/**
 * `GET /distribution/{name}/json`: the Engine asks the image's registry for the digest. Throws `unauthorized`
 * without valid credentials, `not_found` for an unknown tag, `server_error` when the registry cannot be
 * reached.
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

/**
 * `GET /images/{name}/json`: the image as this Engine has it, undefined if it has none. Other nodes of the Swarm may differ.
 */
export const findImage = (
  docker: Docker,
  { image, ...options }: CallOptions & { image: string },
): Promise<LocalImage | undefined> =>
  ifFound(
    request(docker, {
      ...options,
      method: 'GET',
      path: `/images/${inPath(image)}/json`,
      schema: LocalImage,
    }),
  )

/** Returns whether this Engine has the image. */
export const hasImage = async (
  docker: Docker,
  options: CallOptions & { image: string },
): Promise<boolean> => (await findImage(docker, options)) !== undefined
