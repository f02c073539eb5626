import badConstraint from '../../fixtures/28.5/service-create.bad-constraint.500.json' with {
  type: 'json',
}
import type { EmbeddedNode } from './nodes.ts'
import { refusal } from './refusal.ts'
import type { TaskTemplate } from './service-body.ts'

type Constraint = { key: string; isEqual: boolean; value: string }

/** Reads constraints such as `node.role==worker`; refuses one without an operator. */
export const readConstraints = (template: TaskTemplate): Constraint[] =>
  (template.Placement?.Constraints ?? []).map((text) => {
    const [, key = '', operator, value = ''] = /^(.*?)(==|!=)(.*)$/.exec(text) ?? []
    if (!operator) throw refusal(badConstraint)
    return { key: key.trim(), isEqual: operator === '==', value: value.trim() }
  })

/** Finds the nodes that may run a task, or says in the Engine's words why none does. */
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

/** The first of Swarm's filters that a node fails at, in Swarm's order. */
const whyNot = (template: TaskTemplate, node: EmbeddedNode): string | undefined => {
  if (node.Spec.Availability !== 'active') return 'not available for new tasks on'
  const { NanoCPUs, MemoryBytes } = template.Resources?.Reservations ?? {}
  const has = node.Description.Resources
  if ((NanoCPUs ?? 0) > has.NanoCPUs || (MemoryBytes ?? 0) > has.MemoryBytes)
    return 'insufficient resources on'
  const isFit = readConstraints(template).every((constraint) => fits(constraint, node))
  return isFit ? undefined : 'scheduling constraints not satisfied on'
}

const fits = ({ key, isEqual, value }: Constraint, node: EmbeddedNode): boolean =>
  (attributeOf(key, node).toLowerCase() === value.toLowerCase()) === isEqual

const attributeOf = (key: string, { ID, Spec, Description, Status }: EmbeddedNode): string => {
  if (key.startsWith('node.labels.')) return Spec.Labels[key.slice('node.labels.'.length)] ?? ''
  const values: Record<string, string> = {
    'node.id': ID,
    'node.hostname': Description.Hostname,
    'node.role': Spec.Role,
    'node.ip': Status.Addr,
    'node.platform.os': Description.Platform.OS,
    'node.platform.arch': Description.Platform.Architecture,
  }
  return Object.hasOwn(values, key) ? (values[key] ?? '') : ''
}
