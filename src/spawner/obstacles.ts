import * as v from 'valibot'
import { findNetwork } from '../docker/networks.ts'
import { listNodes } from '../docker/nodes.ts'
import type { BuiltSpec } from './build-spec.ts'
import { droppedIssues } from './engine/dropped-issues.ts'
import type { Spawner } from './spawner.ts'
import { placementObstacles } from './state/placement-obstacles.ts'

/** What keeps the Engine or the swarm from running a spec as it is: the setting, or the field of the spec, and why. */
export const Obstacle = v.object({ from: v.string(), reason: v.string() })
export type Obstacle = v.InferOutput<typeof Obstacle>

/**
 * Asks the Engine what stands in the way of a spec today: fields that it does not know, networks that do not exist, and nodes
 * that do not fit. It leaves out what other servers use of the nodes, because a start waits for that; and whether the name is
 * taken, because a hub must not learn of another hub's servers.
 */
export const findObstacles = async (
  spawner: Spawner,
  built: BuiltSpec,
  signal: AbortSignal,
): Promise<Obstacle[]> => {
  const found = await Promise.all([
    ofVersion(spawner, built, signal),
    ofNetworks(spawner, built, signal),
    ofPlacement(spawner, built, signal),
  ])
  return found.flat()
}

type Find = (spawner: Spawner, built: BuiltSpec, signal: AbortSignal) => Promise<Obstacle[]>

const ofVersion: Find = async ({ docker }, { spec }, signal) => {
  const issues = await droppedIssues(docker, spec, signal)
  return issues.map(({ path, message }) => ({ from: path, reason: message }))
}

const ofNetworks: Find = async ({ docker }, { spec, sources }, signal) => {
  const from = sources['TaskTemplate.Networks'] ?? 'networks'
  const found = await Promise.all(
    (spec.TaskTemplate.Networks ?? []).map(async ({ Target }) => {
      const network = await findNetwork(docker, { id: Target, signal })
      if (!network) return `network ${Target} does not exist`
      return network.Scope === 'swarm'
        ? undefined
        : `network ${Target} is not a network of the swarm, but of one node (scope ${network.Scope})`
    }),
  )
  return found.flatMap((reason, index) =>
    reason === undefined ? [] : [{ from: `${from}.${index}`, reason }],
  )
}

const ofPlacement: Find = async ({ docker }, { spec, sources }, signal) =>
  placementObstacles(await listNodes(docker, { signal }), spec).map(({ path, reason }) => ({
    from: sources[path] ?? path,
    reason,
  }))
