import * as v from 'valibot'
import type { NodeSpec } from '../../docker/change-node.ts'
import type { Node } from '../../docker/nodes.ts'
import { printable } from '../errors.ts'

/** The maintenance of a node: from when on its servers are stopped (ISO 8601), and what its users are told. It may be empty. */
export const Maintenance = v.object({ at: v.string(), message: v.string() })
export type Maintenance = v.InferOutput<typeof Maintenance>

const PREFIX = 'org.swarmspawner.maintenance-'
const AT = `${PREFIX}at`
const MESSAGE = `${PREFIX}message`
/** The availability before, if it was not `active`. */
const FORMER = `${PREFIX}former`

/** 200 characters: the sentence stands on a page with others. */
export const MAX_MESSAGE = 200

/**
 * The maintenance of a node, by its labels. A node that is `active` again has none: somebody has ended it with
 * `docker node update`.
 */
export const maintenanceOf = ({
  Spec: { Availability, Labels },
}: Pick<Node, 'Spec'>): Maintenance | undefined => {
  const atMs = Date.parse(Labels?.[AT] ?? '')
  if (Availability === 'active' || Number.isNaN(atMs)) return undefined
  const message = printable(Labels?.[MESSAGE] ?? '', MAX_MESSAGE).trim()
  return { at: new Date(atMs).toISOString(), message }
}

/**
 * The spec of a node that goes into maintenance. It is paused: Swarm gives it no new tasks, and leaves alone those that run there.
 * A constraint in the servers' specs would not do: Swarm ends a running task as soon as a label of its node does not meet it.
 */
export const intoMaintenance = (spec: NodeSpec, { at, message }: Maintenance): NodeSpec => {
  const former = formerOf(spec)
  return {
    ...spec,
    Availability: spec.Availability === 'drain' ? 'drain' : 'pause',
    Labels: {
      ...withoutOurs(spec.Labels),
      [AT]: at,
      ...(message !== '' && { [MESSAGE]: message }),
      ...(former !== 'active' && { [FORMER]: former }),
    },
  }
}

/** The spec of a node whose maintenance is taken back. Undefined if it has none. */
export const outOfMaintenance = (spec: NodeSpec): NodeSpec | undefined =>
  spec.Labels?.[AT] === undefined
    ? undefined
    : { ...spec, Availability: formerOf(spec), Labels: withoutOurs(spec.Labels) }

/** The spec of a node whose maintenance begins: Swarm stops its tasks. Undefined unless it waits for that time. */
export const drained = (spec: NodeSpec, now: number): NodeSpec | undefined =>
  isDue(spec, now) ? { ...spec, Availability: 'drain' } : undefined

/** Returns whether a node waits for its maintenance, and the time has come. */
export const isDue = ({ Availability, Labels }: Node['Spec'] | NodeSpec, now: number): boolean =>
  Availability === 'pause' && Date.parse(Labels?.[AT] ?? '') <= now

/** Returns whether somebody has ended the maintenance of a node by hand, so that its labels say nothing any more. */
export const isEndedByHand = ({ Availability, Labels }: Node['Spec'] | NodeSpec): boolean =>
  Availability === 'active' && Labels?.[AT] !== undefined

/** The spec of such a node without these labels. Undefined if it has none, or is in maintenance. */
export const endedByHand = (spec: NodeSpec): NodeSpec | undefined =>
  isEndedByHand(spec) ? outOfMaintenance(spec) : undefined

/** The availability that a node has without its maintenance. The labels of one that has ended by hand say nothing. */
const formerOf = ({ Availability, Labels }: NodeSpec): NodeSpec['Availability'] => {
  if (Availability === 'active' || Labels?.[AT] === undefined) return Availability
  const former = Labels[FORMER]
  return former === 'pause' || former === 'drain' ? former : 'active'
}

const withoutOurs = (labels: NodeSpec['Labels']): Record<string, string> =>
  Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !name.startsWith(PREFIX)))
