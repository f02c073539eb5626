import * as v from 'valibot'
import { isDockerError, isUnreachable } from '../docker/errors.ts'
import { parseImage } from '../docker/image-name.ts'
import type { Node } from '../docker/nodes.ts'
import { unlessAborted } from '../docker/unless-aborted.ts'
import type { BuiltSpec } from './build-spec.ts'
import { droppedIssues } from './engine/dropped-issues.ts'
import { networkObstacles } from './network-obstacles.ts'
import { IMAGE } from './private-image.ts'
import type { Spawner } from './spawner.ts'
import { placementObstacles } from './state/placement-obstacles.ts'

/** What keeps the Engine or the swarm from running a spec as it is: the setting, or the field of the spec, and why. */
export const Obstacle = v.object({ from: v.string(), reason: v.string() })
export type Obstacle = v.InferOutput<typeof Obstacle>

/**
 * Asks the Engine what stands in the way of a spec today: a name that is none of an image, fields that it does not
 * know, networks that do not exist or are full, and nodes that do not fit. It leaves out what other servers use of the nodes, because
 * a start waits for that; and whether the name is taken, because a hub must not learn of another hub's servers.
 */
export const findObstacles = async (
  spawner: Spawner,
  built: BuiltSpec,
  signal: AbortSignal,
): Promise<Obstacle[]> => {
  const found = await Promise.all([
    specObstacles(spawner, built, signal),
    ofNetworks(spawner, built, signal),
    ofPlacement(spawner, built, signal),
  ])
  return found.flat()
}

type Find = (spawner: Spawner, built: BuiltSpec, signal: AbortSignal) => Promise<Obstacle[]>

/** The fields that this Engine does not know, and an image that no Engine takes. */
export const specObstacles: Find = async ({ docker }, { spec, sources }, signal) => {
  const issues = await droppedIssues(docker, spec, signal)
  const dropped = issues.map(({ path, message }) => ({ from: path, reason: message }))
  const isImage = parseImage(spec.TaskTemplate.ContainerSpec.Image) !== undefined
  return isImage ? dropped : [{ from: sources[IMAGE] ?? IMAGE, reason: NO_IMAGE }, ...dropped]
}

const NO_IMAGE =
  'the image has no name that Engines take, such as quay.io/jupyter/base-notebook:latest'

const ofNetworks: Find = async (spawner, built, signal) => {
  const from = built.sources['TaskTemplate.Networks'] ?? 'networks'
  const found = await networkObstacles(spawner, built, signal)
  return found.flatMap((reason, index) =>
    reason === undefined ? [] : [{ from: `${from}.${index}`, reason }],
  )
}

const ofPlacement: Find = async ({ swarmLook }, built, signal) => {
  try {
    return nodeObstacles(await unlessAborted(swarmLook.nodes(), signal), built)
  } catch (error) {
    // An Engine that refuses to list its nodes is no obstacle: `fits` tells that it is not known.
    if (isDockerError(error) && !isUnreachable(error)) return []
    throw error
  }
}

/** What keeps every node from running a spec, however idle the swarm is. */
export const nodeObstacles = (
  nodes: readonly Node[],
  { spec, sources }: Pick<BuiltSpec, 'spec' | 'sources'>,
): Obstacle[] =>
  placementObstacles(nodes, spec).map(({ path, reason }) => ({
    from: sources[path] ?? path,
    reason,
  }))
