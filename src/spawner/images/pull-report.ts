/**
 * Whether a node has the image of a pull job. `waiting`: Swarm has not begun there yet. `gone`: the node is down, or has left
 * the swarm.
 */
export type NodePullState = 'there' | 'waiting' | 'downloading' | 'failed' | 'gone'

/** What the Swarm says of an image on one node. */
export type NodePull = {
  node_id: string
  /** Its host name; the id where the node has left. */
  node: string
  state: NodePullState
  /** Since when, as the Engine writes times; null where no task says. */
  since: string | null
  /** Why, in the Engine's words or in ours; null where there is nothing to say. */
  reason: string | null
}

/**
 * Who asked for an image: a person (`command`), the hub for what its profiles and settings name (`hub`), or a registry that
 * has announced a push of an image that the policy lists (`push`).
 */
export const PULL_SOURCES = ['command', 'hub', 'push'] as const
export type PullSource = (typeof PULL_SOURCES)[number]

/** An image that is due on some nodes, and what the Swarm says of each node. */
export type PullReport = {
  hub: string
  /** The name as it was asked for, such as `quay.io/lab/notebook:1`. */
  image: string
  /** Null where no registry said one: the nodes then ask for the tag. */
  digest: string | null
  source: PullSource
  /** What needs it, such as `profile gpu`; people read it. */
  why: string
  constraints: readonly string[]
  /** The platforms of the nodes that shall have it, such as `linux/amd64`; none: all. */
  platforms: readonly string[]
  /** Since when it is due, as the Engine writes times. */
  since: string
  /** The name and the id of the Swarm service that downloads it. */
  job: string
  service_id: string
  nodes: readonly NodePull[]
  /** What to know about it, such as a registry that did not answer; null where there is nothing. */
  warning: string | null
}
