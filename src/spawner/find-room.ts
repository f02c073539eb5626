import { withDeadline } from '../docker/deadline.ts'
import { isDockerError } from '../docker/errors.ts'
import type { Node } from '../docker/nodes.ts'
import { unlessAborted } from '../docker/unless-aborted.ts'
import type { BuiltSpec } from './build-spec.ts'
import type { Spawner } from './spawner.ts'
import type { HeldRoom } from './state/held-room.ts'
import { judgeRoom, unknownRoom } from './state/judge-room.ts'
import type { FoundRoom } from './state/room.ts'

/** What a look at the swarm has shown; a text is the reason why it has not. */
export type Seen = { nodes: readonly Node[] | string; held: HeldRoom | string }

/** Runs `work` with a signal that aborts when a look has taken long enough, or when the caller's signal does. */
export const withPatience = <T>(
  { lookPatienceMs }: Pick<Spawner, 'lookPatienceMs'>,
  signal: AbortSignal,
  work: (enough: AbortSignal) => Promise<T>,
): Promise<T> =>
  withDeadline({ signal, timeoutMs: lookPatienceMs }, 'The look at nodes and tasks', work)

/**
 * Looks at nodes and tasks, together with all who ask within a second. It fails only if the caller leaves: what the Engine refuses,
 * and what takes until `enough` aborts, is told as not known.
 */
export const lookAtSwarm = async (
  { swarmLook }: Pick<Spawner, 'swarmLook'>,
  enough: AbortSignal,
): Promise<Seen> => {
  const [nodes, held] = await Promise.all([
    orWhy(unlessAborted(swarmLook.nodes(), enough)),
    orWhy(unlessAborted(swarmLook.held(), enough)),
  ])
  return { nodes, held }
}

const orWhy = async <T>(answer: Promise<T>): Promise<T | string> => {
  try {
    return await answer
  } catch (error) {
    if (isDockerError(error)) return error.message
    throw error
  }
}

/** Says whether what was seen has room for a server. */
export const roomFor = (
  { nodes, held }: Seen,
  { spec, labels }: Pick<BuiltSpec, 'spec' | 'labels'>,
): FoundRoom =>
  typeof nodes === 'string' ? unknownRoom(nodes) : judgeRoom(nodes, held, { spec, server: labels })
