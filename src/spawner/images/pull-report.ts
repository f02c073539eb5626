import * as v from 'valibot'

/**
 * Whether a node has the image of a pull job. `waiting`: Swarm has not begun there yet. `gone`: the node is down, or has left
 * the swarm.
 */
export const NodePullState = v.picklist(['there', 'waiting', 'downloading', 'failed', 'gone'])
export type NodePullState = v.InferOutput<typeof NodePullState>

/** What the Swarm says of an image on one node. */
export const NodePull = v.object({
  node_id: v.string(),
  /** Its host name; the id where the node has left. */
  node: v.string(),
  state: NodePullState,
  /** Since when, as the Engine writes times; null where no task says. */
  since: v.nullable(v.string()),
  /** Why, in the Engine's words or in ours; null where there is nothing to say. */
  reason: v.nullable(v.string()),
})
export type NodePull = v.InferOutput<typeof NodePull>

/**
 * Who asked for an image: a person (`command`), the hub for what its profiles and settings name (`hub`), or a registry that
 * has announced a push of an image that the policy lists (`push`).
 */
export const PULL_SOURCES = ['command', 'hub', 'push'] as const
export type PullSource = (typeof PULL_SOURCES)[number]

/** An image that is due on some nodes, and what the Swarm says of each node. */
export const PullReport = v.object({
  hub: v.string(),
  /** The name as it was asked for, such as `quay.io/lab/notebook:1`. */
  image: v.string(),
  /** Null where no registry said one: the nodes then ask for the tag. */
  digest: v.nullable(v.string()),
  source: v.picklist(PULL_SOURCES),
  /** What needs it, such as `profile gpu`; people read it. */
  why: v.string(),
  constraints: v.array(v.string()),
  /** The platforms of the nodes that shall have it, such as `linux/amd64`; none: all. */
  platforms: v.array(v.string()),
  /** Since when it is due, as the Engine writes times. */
  since: v.string(),
  /** The name and the id of the Swarm service that downloads it. */
  job: v.string(),
  service_id: v.string(),
  nodes: v.array(NodePull),
  /** What to know about it, such as a registry that did not answer; null where there is nothing. */
  warning: v.nullable(v.string()),
})
export type PullReport = v.InferOutput<typeof PullReport>
