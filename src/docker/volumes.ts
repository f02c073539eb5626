import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { ifFound } from './errors.ts'
import { type CallOptions, request } from './request.ts'

/** The fields of a volume that we read. */
export const Volume = v.object({
  Name: v.string(),
  Driver: v.string(),
  Options: v.optional(v.nullable(v.record(v.string(), v.string()))),
})
export type Volume = v.InferOutput<typeof Volume>

/** `GET /volumes/{name}`. An Engine only knows the volumes of its own node; undefined for all others. */
export const findVolume = (
  docker: Docker,
  { name, ...options }: CallOptions & { name: string },
): Promise<Volume | undefined> => {
  const path = `/volumes/${encodeURIComponent(name)}`
  return ifFound(request(docker, { ...options, method: 'GET', path, schema: Volume }))
}
