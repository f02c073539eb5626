import { isDockerError } from '../../docker/errors.ts'
import type { Task } from '../../docker/tasks.ts'
import { unlessAborted } from '../../docker/unless-aborted.ts'
import type { NetworkRoom } from '../engine/network-rooms.ts'
import type { Spawner } from '../spawner.ts'
import { ADDRESS_ADVICE, type AddressTrouble } from './address-words.ts'
import { givenUp } from './given-up.ts'
import { listed, roomInWords } from './network-words.ts'
import { type ServerState, withUserMessage } from './server-state.ts'

/** How long a task may be `new` before we ask why: Swarm allocates hundreds within a second or two. */
const SILENT_MS = 4000
/**
 * How long a start waits for an address that nobody is about to give back. We count every five seconds, so a server that
 * is stopped meanwhile is seen in time. Only an admin can enlarge a network, so nobody should watch a bar any longer.
 */
const GRACE_MS = 10_000
/** A task has few networks. */
const MAX_NETWORKS = 20
const NOT_YET = 'Waiting for Swarm, which has not allocated the task yet'

type Trouble = { kind: AddressTrouble; reason: string; event: string; isHopeless: boolean }

/**
 * Adds why Swarm leaves a task `new`: its network has no free address, or was never set up, or nobody knows. With
 * `mayEnd`, the server has failed where no address will come. Asks the Engine nothing about a task that is younger than
 * four seconds, or that goes on.
 */
export const withUnallocated = async (
  spawner: Spawner,
  state: ServerState,
  task: Task | undefined,
  {
    mayEnd,
    signal = new AbortController().signal,
  }: { mayEnd: boolean; signal?: AbortSignal | undefined },
): Promise<ServerState> => {
  if (state.state !== 'starting' || task?.Status.State !== 'new') return state
  const createdAt = Date.parse(task.CreatedAt)
  const ageMs = spawner.now() - createdAt
  if (!(ageMs >= SILENT_MS)) return state
  const rooms = await roomsOf(spawner, task, signal)
  const { kind, reason, event, isHopeless } = troubleOf(rooms, spawner.now())
  const advice = ADDRESS_ADVICE[kind]
  const told = withUserMessage({
    ...state,
    reason,
    advice,
    events: [
      ...state.events,
      {
        seq: `${task.ID}:new:${kind}`,
        time: new Date(createdAt + SILENT_MS).toISOString(),
        progress: 6,
        message: event,
      },
    ],
    cursor: `${state.cursor}:${kind}`,
  })
  const isOver = mayEnd && isHopeless && ageMs >= GRACE_MS
  return isOver && (await isStillNew(spawner, state.service_name, { task, signal }))
    ? givenUp(told, { reason, advice })
    : told
}

/** Looks once more: the task itself may have got the last address while it was counted. */
const isStillNew = async (
  { watch }: Spawner,
  serviceName: string,
  { task, signal }: { task: Task; signal: AbortSignal },
): Promise<boolean> => {
  try {
    const tasks = await watch(serviceName, { paceMs: 0, signal })
    return tasks.some(({ ID, Status }) => ID === task.ID && Status.State === 'new')
  } catch (error) {
    // If the Engine cannot be asked now, the next look asks it.
    if (isDockerError(error)) return false
    throw error
  }
}

/** Leaves out networks that the Engine says nothing about: this only explains. */
const roomsOf = async (
  { networkRooms }: Spawner,
  { Spec }: Task,
  signal: AbortSignal,
): Promise<NetworkRoom[]> => {
  const targets = (Spec.Networks ?? []).flatMap(({ Target }) => Target ?? [])
  const rooms = await Promise.all(
    [...new Set(targets)].slice(0, MAX_NETWORKS).map(async (target) => {
      try {
        return await unlessAborted(networkRooms(target), signal)
      } catch (error) {
        if (isDockerError(error)) return undefined
        throw error
      }
    }),
  )
  return rooms.filter((room) => room !== undefined)
}

const troubleOf = (rooms: readonly NetworkRoom[], now: number): Trouble => {
  const notSetUp = rooms.filter(({ isSetUp }) => !isSetUp)
  const full = rooms.filter(({ isSetUp, inUse, total }) => isSetUp && inUse >= total)
  if (notSetUp.length > 0) {
    const reason = `Swarm could not set up ${named(notSetUp)}`
    return { kind: 'not_set_up', reason, event: reason, isHopeless: true }
  }
  if (full.length > 0) {
    const counted = listed(full.map(roomInWords), '; ')
    return {
      kind: 'full',
      reason: `no free address in ${counted}`,
      event: `Waiting for an address in ${counted}`,
      isHopeless: full.some(({ freesUntil }) => freesUntil <= now),
    }
  }
  const counts =
    rooms.length === 0
      ? ''
      : `, though addresses are free in ${listed(rooms.map(roomInWords), '; ')}`
  const reason = `Swarm has not allocated the task${counts}`
  return { kind: 'not_told', reason, event: NOT_YET, isHopeless: false }
}

const named = (rooms: readonly NetworkRoom[]): string =>
  `network ${listed(
    rooms.map(({ name }) => name),
    ', ',
  )}`
