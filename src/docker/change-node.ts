import * as v from 'valibot'
import type { Docker } from './docker.ts'
import { isDockerError } from './errors.ts'
import { type CallOptions, request, requestNothing } from './request.ts'

/** The whole spec of a node. An update replaces all of it, so fields that we do not know go back as they came. */
const NodeSpec = v.looseObject({
  Availability: v.picklist(['active', 'pause', 'drain']),
  Labels: v.optional(v.nullable(v.record(v.string(), v.string()))),
})
export type NodeSpec = v.InferOutput<typeof NodeSpec>

const VersionedNode = v.object({ Version: v.object({ Index: v.number() }), Spec: NodeSpec })

/** Others may change a node at the same moment, as often as this. */
const MOST_TRIES = 5

/**
 * `POST /nodes/{id}/update`: changes labels and availability of a node. `change` is asked again if somebody else has changed the
 * node in between, and may return undefined to leave it. Returns whether the node was changed.
 */
export const changeNode = async (
  docker: Docker,
  {
    id,
    change,
    ...options
  }: CallOptions & { id: string; change: (spec: NodeSpec) => NodeSpec | undefined },
): Promise<boolean> => {
  const path = `/nodes/${encodeURIComponent(id)}`
  for (let tries = 1; ; tries += 1) {
    const call = { ...options, method: 'GET', path } as const
    const { Version, Spec } = await request(docker, { ...call, schema: VersionedNode })
    const body = change(Spec)
    if (!body) return false
    try {
      const query = { version: String(Version.Index) }
      await requestNothing(docker, {
        ...options,
        method: 'POST',
        path: `${path}/update`,
        query,
        body,
      })
      return true
    } catch (error) {
      if (!isDockerError(error, 'out_of_sequence') || tries >= MOST_TRIES) throw error
    }
  }
}
