import type { Node } from '../../docker/nodes.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import { maintenanceOf } from '../maintenance/maintenance.ts'
import { readReason } from './advice.ts'
import { type Amounts, covers, NOTHING, plus } from './amounts.ts'
import { offeredBy, reservedBy } from './could-fit.ts'
import { countResources, type NodeAmounts } from './count-resources.ts'
import { type HeldRoom, type Hold, serverKeyOf, sumOf } from './held-room.ts'
import { obstaclesAmong } from './placement-obstacles.ts'
import { noneButResting } from './resting-words.ts'
import type { FoundRoom, Room } from './room.ts'
import { LATER_MESSAGE, whyLater } from './room-words.ts'
import { restingNodes, type SievedNodes, sieveNodes } from './sieve-nodes.ts'
import { sentenceOn } from './user-message.ts'

type Asked = {
  spec: ServiceSpec
  /** Whose server it is. A start removes the server's own older service first, so what that holds counts as free. */
  server: { hub: string; serviceName: string }
}

/**
 * Says whether nodes have room for a server, by the tests with which a start gives up (`could-fit.ts`) and the sums with which
 * Swarm's scheduler chooses a node. `held`: what tasks hold; or, if that is not known, the reason.
 */
export const judgeRoom = (
  nodes: readonly Node[],
  held: HeldRoom | string,
  asked: Asked,
): FoundRoom => {
  const sieved = sieveNodes(nodes, asked.spec)
  if (sieved.suitable.length === 0) return never(sieved, asked)
  if (typeof held === 'string') return unknownRoom(held)
  const wanted = reservedBy(asked.spec)
  const own = Map.groupBy(
    held.ofServer.get(serverKeyOf(asked.server)) ?? [],
    ({ nodeId }) => nodeId,
  )
  const spots = sieved.suitable.map((node) => spotOf(node, held, own.get(node.ID) ?? []))
  const full = spots.filter(({ free }) => !covers(free, wanted))
  const resources = countResources(spots, wanted)
  const room = {
    ...NO_WORDS,
    nodes: countNodes(sieved, spots.length - full.length),
    resources,
  }
  if (full.length < spots.length) return { fits: 'now', room }
  const since = Math.max(...full.map((spot) => fullSince(spot, wanted)))
  return {
    fits: 'later',
    room: {
      ...room,
      reason: whyLater(resources),
      user_message: LATER_MESSAGE,
      since: since > 0 ? new Date(since).toISOString() : null,
    },
  }
}

/** The answer if the Engine did not tell. */
export const unknownRoom = (reason: string): FoundRoom => ({
  fits: null,
  room: { ...NO_WORDS, reason, nodes: null, resources: [] },
})

const NO_WORDS: Pick<Room, 'reason' | 'user_message' | 'since'> = {
  reason: null,
  user_message: null,
  since: null,
}

const countNodes = (
  { all, active, suitable }: SievedNodes,
  withRoom: number,
): NonNullable<Room['nodes']> => ({
  all: all.length,
  taking_tasks: active.length,
  suitable: suitable.length,
  with_room: withRoom,
})

const never = (sieved: SievedNodes, { spec }: Asked): FoundRoom => {
  const [first, ...more] = obstaclesAmong(sieved, spec)
  const reasons = [first, ...more].map((one) => one?.reason)
  const resting = restingNodes(sieved.all, spec)
  return {
    fits: 'never',
    room: {
      reason: [...reasons, ...resting.slice(0, MAX_NAMES).map(whyResting)].join('; '),
      user_message: messageOn(first?.kind ?? 'no_node_fits', resting),
      since: null,
      nodes: countNodes(sieved, 0),
      resources: [],
    },
  }
}

/** Three names: a sentence with more is not read. */
const MAX_NAMES = 3

const whyResting = (node: Node): string => {
  const { Description, Spec, Status } = node
  const { at, message } = maintenanceOf(node) ?? {}
  const planned = at !== undefined && `maintenance at ${at}${message && `: ${message}`}`
  const why = Status.State === 'ready' ? planned || Spec.Availability : Status.State
  return `node ${Description.Hostname} could run it, but takes no tasks now (${why})`
}

/** A server that only waits until a node takes tasks again needs no other choice. */
const messageOn = (kind: Parameters<typeof sentenceOn>[0], resting: readonly Node[]): string => {
  if (resting.length === 0) return sentenceOn(kind)
  const reason = noneButResting('no suitable node', resting)
  return sentenceOn(readReason(reason).kind, false, reason)
}

type Spot = NodeAmounts & { holds: readonly Hold[] }

const spotOf = (node: Node, held: HeldRoom, own: readonly Hold[]): Spot => {
  const offered = offeredBy(node)
  const left = plus(offered, held.ofNode.get(node.ID) ?? NOTHING, -1)
  const holds = held.holds.get(node.ID) ?? []
  const given = new Set(own)
  return { offered, free: plus(left, sumOf(own)), holds: holds.filter((hold) => !given.has(hold)) }
}

/**
 * Since when a node has no room: it takes the newest tasks away, one after the other, until there would be room. 0 if the tasks
 * do not tell.
 */
const fullSince = ({ free, holds }: Spot, wanted: Amounts): number => {
  let left = free
  for (const { amounts, since } of holds) {
    left = plus(left, amounts)
    if (covers(left, wanted)) return since
  }
  return 0
}
