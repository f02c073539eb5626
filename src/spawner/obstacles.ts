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
 * Asks the Engine what stands in the way of a spec today: an image that has no name, fields that it does not know, networks that do not exist or are
 * full, and nodes that do not fit. It leaves out what other servers use of the nodes, because a start waits for that; and whether the name is
 * taken, because a hub must not learn of another hub's servers.
 */
export const findObstacles = async (
  spawner: Spawner,
  built: BuiltSpec,
  signal: AbortSignal,
): Promise<Obstacle[]> => {
  const found = await Promise.all([
    ofImage(spawner, built, signal),
    versionObstacles(spawner, built, signal),
    ofNetworks(spawner, built, signal),
    ofPlacement(spawner, built, signal),
  ])
  return found.flat()
}

type Find = (spawner: Spawner, built: BuiltSpec, signal: AbortSignal) => Promise<Obstacle[]>

const ofImage: Find = async (_, { spec, sources }) =>
  parseImage(spec.TaskTemplate.ContainerSpec.Image)
    ? []
    : [
        {
          from: sources[IMAGE] ?? IMAGE,
          reason:
            'the image has no name that Engines take, such as quay.io/jupyter/base-notebook:latest',
        },
      ]

/** The fields that this Engine does not know. */
export const versionObstacles: Find = async ({ docker }, { spec }, signal) => {
  const issues = await droppedIssues(docker, spec, signal)
  return issues.map(({ path, message }) => ({ from: path, reason: message }))
}

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
