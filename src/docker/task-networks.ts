import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { encodeFilters } from './filters.ts'
import { type CallOptions, request } from './request.ts'

/** The fields of a task that tell which container it runs in, and that container's networks. */
const AttachedTasks = v.array(
  v.object({
    Status: v.object({
      ContainerStatus: v.optional(v.nullable(v.object({ ContainerID: v.optional(v.string()) }))),
    }),
    NetworksAttachments: v.optional(
      v.nullable(
        v.array(
          v.object({
            Network: v.object({ ID: v.string(), Spec: v.object({ Name: v.string() }) }),
          }),
        ),
      ),
    ),
  }),
)

/**
 * `GET /tasks`: the ids of the networks of the task that runs in a container, by network name. Undefined when
 * no task runs in that container. Swarm knows the containers of all nodes; an Engine only knows those of its
 * own node.
 */
export const networksOfTask = async (
  docker: Docker,
  { containerId, ...options }: CallOptions & { containerId: string },
): Promise<Map<string, string> | undefined> => {
  const tasks = await request(docker, {
    ...options,
    method: 'GET',
    path: '/tasks',
    query: { filters: encodeFilters({ 'desired-state': ['running'] }) },
    schema: AttachedTasks,
  })
  const own = tasks.find(({ Status }) =>
    Status.ContainerStatus?.ContainerID?.startsWith(containerId),
  )
  if (!own) return undefined
  return new Map(
    (own.NetworksAttachments ?? []).map(({ Network: { ID, Spec } }) => [Spec.Name, ID]),
  )
}
