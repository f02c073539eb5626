/** The fields of a node that a constraint can compare; `GET /nodes` lists them. */
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

/**
 * Reads a placement constraint such as `node.role==worker`. Returns undefined when the text has no operator.
 */
export const readConstraint = (text: string): Constraint | undefined => {
  const [, key = '', operator, value = ''] = /^(.*?)(==|!=)(.*)$/.exec(text) ?? []
  return operator ? { key: key.trim(), isEqual: operator === '==', value: value.trim() } : undefined
}

/**
 * Why the Engine refuses a placement constraint, as swarmkit reads it (manager/constraint, `Parse`); undefined where it takes
 * it. A key that Swarm does not know is taken, and no node meets it.
 */
export const constraintRefusal = (text: string): string | undefined => {
  const operator = ['==', '!='].find((one) => text.includes(one))
  if (operator === undefined) return "needs == or !=, such as 'node.role==worker'"
  const at = text.indexOf(operator)
  const [key, value] = [text.slice(0, at).trim(), text.slice(at + operator.length).trim()]
  if (!/^[a-z_][a-z0-9\-_.]+$/i.test(key))
    return `needs a key before ${operator}, such as 'node.labels.disk==ssd'`
  if (value === '') return `needs a value after ${operator}, such as 'node.labels.disk==ssd'`
  return /^[a-z0-9:\-_\t\n\f\r .*()?+[\]\\^$|/]+$/i.test(value)
    ? undefined
    : `can have only letters, digits, spaces and :-_.*()?+[]\\^$|/ after ${operator}`
}

/**
 * Returns whether a node meets a constraint. The rules are those of Swarm's scheduler (swarmkit,
 * manager/constraint): an unknown key never matches.
 */
export const meetsConstraint = (node: ConstrainedNode, constraint: Constraint): boolean => {
  const attribute = attributeOf(node, constraint.key)
  if (attribute === undefined) return false
  return (attribute.toLowerCase() === constraint.value.toLowerCase()) === constraint.isEqual
}

const NODE_LABEL = 'node.labels.'
const ENGINE_LABEL = 'engine.labels.'

/**
 * The value that a constraint's key has on this node. A label that the node does not have is an empty text; a
 * key that Swarm does not know is undefined.
 */
const attributeOf = (node: ConstrainedNode, key: string): string | undefined => {
  const { ID, Spec, Description, Status } = node
  const name = key.toLowerCase()
  if (name.startsWith(NODE_LABEL)) return labelOf(Spec.Labels, key.slice(NODE_LABEL.length))
  if (name.startsWith(ENGINE_LABEL))
    return labelOf(Description.Engine?.Labels, key.slice(ENGINE_LABEL.length))
  switch (name) {
    case 'node.id':
      return ID
    case 'node.hostname':
      return Description.Hostname
    case 'node.role':
      return Spec.Role
    case 'node.ip':
      return Status.Addr ?? ''
    case 'node.platform.os':
      return Description.Platform?.OS ?? ''
    case 'node.platform.arch':
      return Description.Platform?.Architecture ?? ''
    default:
      return undefined
  }
}

const labelOf = (labels: Readonly<Record<string, string>> | null | undefined, name: string) =>
  (labels && Object.hasOwn(labels, name) ? labels[name] : undefined) ?? ''
