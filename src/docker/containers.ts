import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { isDockerError } from './errors.ts'
import { type CallOptions, request } from './request.ts'

/** The part of a container that we read. */
export const Container = v.object({
  State: v.object({
    Running: v.boolean(),
    OOMKilled: v.boolean(),
  }),
})
export type Container = v.InferOutput<typeof Container>

/** `GET /containers/{id}/json`: an Engine knows those of its own node only; undefined for all others. */
export const findContainer = async (
  docker: Docker,
  { id, ...options }: CallOptions & { id: string },
): Promise<Container | undefined> => {
  try {
    const path = `/containers/${encodeURIComponent(id)}/json`
    return await request(docker, { ...options, method: 'GET', path, schema: Container })
  } catch (error) {
    if (isDockerError(error, 'not_found')) return undefined
    throw error
  }
}
