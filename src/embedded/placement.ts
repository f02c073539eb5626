import badConstraint from '../../fixtures/28.5/service-create.bad-constraint.500.json' with {
  type: 'json',
}
import {
  type Constraint,
  constraintRefusal,
  meetsConstraint,
  readConstraint,
} from '../docker/constraints.ts'
import type { EmbeddedNode } from './swarm.ts'
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

/** Finds the nodes that may run a task. If there are none, `err` says why in the Engine's words. */
export const place = (
  template: TaskTemplate,
  nodes: readonly EmbeddedNode[],
): { fitting: EmbeddedNode[]; err: string } => {
  const reasons = nodes.map((node) => whyNot(template, node))
  const fitting = nodes.filter((_, index) => reasons[index] === undefined)
  const counts = Object.entries(Object.groupBy(reasons, (reason) => reason ?? ''))
    .map(([reason, all = []]) => ({ reason, count: all.length }))
    .sort((a, b) => b.count - a.count)
  const told = counts.map(({ reason, count }) => `${reason} ${count} node${count === 1 ? '' : 's'}`)
  return { fitting, err: `no suitable node (${told.join('; ')})` }
}

/** The first of Swarm's filters that refuses a node, in Swarm's order. */
const whyNot = (template: TaskTemplate, node: EmbeddedNode): string | undefined => {
  if (node.Spec.Availability !== 'active') return 'not available for new tasks on'
  const { NanoCPUs, MemoryBytes } = template.Resources?.Reservations ?? {}
  const has = node.Description.Resources
  if ((NanoCPUs ?? 0) > has.NanoCPUs || (MemoryBytes ?? 0) > has.MemoryBytes)
    return 'insufficient resources on'
  const isFit = readConstraints(template).every((constraint) => meetsConstraint(node, constraint))
  return isFit ? undefined : 'scheduling constraints not satisfied on'
}
