import badConstraint from '../../fixtures/28.5/service-create.bad-constraint.500.json' with {
  type: 'json',
}
import {
  type Constraint,
  constraintRefusal,
  meetsConstraint,
  readConstraint,
} from '../docker/constraints.ts'
import { isOfPlatform } from '../docker/platforms.ts'
import { hasFree, reservedBy, reservesAny, usedResources } from './free-resources.ts'
import type { EmbeddedNode, Swarm } from './swarm.ts'
import { refusal, unrecordedRefusal } from './wire/refusal.ts'
import type { TaskTemplate } from './wire/service-body.ts'

/** Reads constraints such as `node.role==worker`; refuses what Engines refuse. */
export const readConstraints = (template: TaskTemplate): Constraint[] =>
  (template.Placement?.Constraints ?? []).map((text) => {
    const constraint = readConstraint(text)
    if (!constraint) throw refusal(badConstraint)
    if (constraintRefusal(text) !== undefined)
      throw unrecordedRefusal(500, 'rpc error: code = Unknown desc = key or value is invalid')
    return constraint
  })

/**
 * Finds the nodes that may run a task. If there are none, `err` says why in the Engine's words, and `isFull` whether a node could
 * run it that other tasks fill.
 */
export const place = (
  swarm: Swarm,
  template: TaskTemplate,
): { fitting: EmbeddedNode[]; err: string; isFull: boolean } => {
  const { nodes } = swarm
  const used = reservesAny({ template }) ? usedResources(swarm) : new Map()
  const reasons = nodes.map((node) => whyNot(template, node, used.get(node.ID)))
  const fitting = nodes.filter((_, index) => reasons[index] === undefined)
  const counts = Object.entries(Object.groupBy(reasons, (reason) => reason ?? ''))
    .map(([reason, all = []]) => ({ reason, count: all.length }))
    .sort((a, b) => b.count - a.count)
  const told = counts.map(({ reason, count }) =>
    inWords(reason, `${count} node${count === 1 ? '' : 's'}`),
  )
  const isFull = fitting.length === 0 && nodes.some((node) => whyNot(template, node) === undefined)
  return { fitting, err: `no suitable node (${told.join('; ')})`, isFull }
}

const RESTS = 'not available for new tasks'

/** Swarm counts nodes that take no tasks in front of the words, and all others behind them. */
const inWords = (reason: string, nodes: string): string =>
  reason === RESTS ? `${nodes} ${reason}` : `${reason} ${nodes}`

/** The first of Swarm's filters that refuses a node, in Swarm's order. */
export const whyNot = (
  template: TaskTemplate,
  node: EmbeddedNode,
  used?: ReadonlyMap<string, number>,
): string | undefined => {
  if (node.Spec.Availability !== 'active') return RESTS
  if (!hasFree(node, reservedBy(template), used)) return 'insufficient resources on'
  const isFit = readConstraints(template).every((constraint) => meetsConstraint(node, constraint))
  if (!isFit) return 'scheduling constraints not satisfied on'
  const platforms = (template.Placement?.Platforms ?? []).map(({ Architecture, OS }) => ({
    Architecture: Architecture ?? '',
    OS: OS ?? '',
  }))
  return isOfPlatform(node.Description.Platform, platforms) ? undefined : 'unsupported platform on'
}
