/** What constraints speak of; a node as `GET /nodes` lists it. */
export type ConstrainedNode = {
  ID: string
  Spec: { Role: string; Labels?: Readonly<Record<string, string>> | null | undefined }
  Description: {
    Hostname: string
    Platform?: { OS?: string | undefined; Architecture?: string | undefined } | undefined
    Engine?:
      | { Labels?: Readonly<Record<string, string>> | null | undefined; [more: string]: unknown }
      | undefined
  }
  Status: { Addr?: string | undefined }
}

export type Constraint = { key: string; isEqual: boolean; value: string }

/** Reads a placement constraint such as `node.role==worker`; undefined for a text without an operator. */
export const readConstraint = (text: string): Constraint | undefined => {
  const [, key = '', operator, value = ''] = /^(.*?)(==|!=)(.*)$/.exec(text) ?? []
  return operator ? { key: key.trim(), isEqual: operator === '==', value: value.trim() } : undefined
}

/** Says whether a node meets a constraint, as Swarm's scheduler does (swarmkit, manager/constraint): no key, no match. */
export const meetsConstraint = (node: ConstrainedNode, constraint: Constraint): boolean => {
  const attribute = attributeOf(node, constraint.key)
  if (attribute === undefined) return false
  return (attribute.toLowerCase() === constraint.value.toLowerCase()) === constraint.isEqual
}

const NODE_LABEL = 'node.labels.'
const ENGINE_LABEL = 'engine.labels.'

/** A label that a node doesn't have is empty; undefined is a key that Swarm does not know. */
const attributeOf = (node: ConstrainedNode, key: string): string | undefined => {
  const { ID, Spec, Description, Status } = node
  const name = key.toLowerCase()
  if (name.startsWith(NODE_LABEL)) return labelOf(Spec.Labels, key.slice(NODE_LABEL.length))
  if (name.startsWith(ENGINE_LABEL))
    return labelOf(Description.Engine?.Labels, key.slice(ENGINE_LABEL.length))
  const attributes = new Map([
    ['node.id', ID],
    ['node.hostname', Description.Hostname],
    ['node.role', Spec.Role],
    ['node.ip', Status.Addr],
    ['node.platform.os', Description.Platform?.OS],
    ['node.platform.arch', Description.Platform?.Architecture],
  ])
  return attributes.has(name) ? (attributes.get(name) ?? '') : undefined
}

const labelOf = (labels: Readonly<Record<string, string>> | null | undefined, name: string) =>
  (labels && Object.hasOwn(labels, name) ? labels[name] : undefined) ?? ''
