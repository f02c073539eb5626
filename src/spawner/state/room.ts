import * as v from 'valibot'

/**
 * Whether the nodes have room for a server. `now`: a start finds a node at once. `later`: a start waits until another server
 * stops. `never`: no node of the swarm can run it, so a start fails after some seconds.
 */
export const Fits = v.picklist(['now', 'later', 'never'])
export type Fits = v.InferOutput<typeof Fits>

/** One resource that a server reserves, counted over the nodes that could run the server if they had nothing else to do. */
export const ResourceRoom = v.object({
  /** `NanoCPUs` (1e9 is one CPU), `MemoryBytes`, or `GenericResources`. */
  field: v.picklist(['NanoCPUs', 'MemoryBytes', 'GenericResources']),
  /** `cpu`, `memory`, or the kind of the generic resource as the nodes have it, such as `gpu`. */
  kind: v.string(),
  reserved: v.number(),
  /** The most that one node has free. The server needs it on one node. */
  free_on_one: v.number(),
  free: v.number(),
  total: v.number(),
  /** For people, in words without node names: `gpu: 1 of 4 free`, `memory: 3.5 of 16 GiB free`, `cpu: 2 of 8 free`. */
  text: v.string(),
})
export type ResourceRoom = v.InferOutput<typeof ResourceRoom>

/** Why a server fits or does not, with the numbers. Everything is counted from one look, which is at most a few seconds old. */
export const Room = v.object({
  /** For admins: why the server does not fit now, or why nobody knows. Null where it fits now. */
  reason: v.nullable(v.string()),
  /** For the student: a sentence for `later` and `never`. It has no names of nodes. Null where there is nothing to say. */
  user_message: v.nullable(v.string()),
  /** `later`: since when there is no room, as far as the tasks that run tell. ISO 8601. */
  since: v.nullable(v.string()),
  /** How many nodes there are, take tasks, could run the server if they were idle, and could run it now. */
  nodes: v.object({
    all: v.number(),
    taking_tasks: v.number(),
    suitable: v.number(),
    with_room: v.number(),
  }),
  /** What the server reserves. Empty where it reserves nothing, or where no node could run it. */
  resources: v.array(ResourceRoom),
})
export type Room = v.InferOutput<typeof Room>
