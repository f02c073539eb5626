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
  /** The most that one node has free. The server needs what it reserves on one node. */
  free_on_one: v.number(),
  free: v.number(),
  total: v.number(),
  /** The numbers in words, without names of nodes: `gpu: 1 of 4 free`, `memory: 3.5 of 16 GiB free`. */
  text: v.string(),
})
export type ResourceRoom = v.InferOutput<typeof ResourceRoom>

/** How many nodes there are, take tasks now, could run the server if they had nothing else to do, and can run it now. */
export const CountedNodes = v.object({
  all: v.number(),
  taking_tasks: v.number(),
  suitable: v.number(),
  with_room: v.number(),
})

/** Why a server fits or does not, with the numbers, from a look at the nodes that is at most a few seconds old. */
export const Room = v.object({
  /** For admins: why the server does not fit now, or why that is not known. Null if it fits now. */
  reason: v.nullable(v.string()),
  /** For students: a sentence if the server fits `later` or `never`. */
  user_message: v.nullable(v.string()),
  /** ISO 8601. If the server fits `later`: since when there is no room, as far as the tasks tell. It may be longer. */
  since: v.nullable(v.string()),
  /** Null if the Engine did not tell. */
  nodes: v.nullable(CountedNodes),
  /** What the server reserves. Empty if it reserves nothing, if no node could run it, or if the Engine did not tell. */
  resources: v.array(ResourceRoom),
})
export type Room = v.InferOutput<typeof Room>

/** Whether a server fits, and why. `fits` is null if the Engine did not tell; `room.reason` says why. */
export type FoundRoom = { fits: Fits | null; room: Room }
