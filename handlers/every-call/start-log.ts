import { printable } from '../../src/spawner/errors.ts'
import type { Log, LogEntry } from './log.ts'
import type { Sight, StartLog } from './sight.ts'
import { type PhaseSeconds, type PhaseTimes, phaseSeconds, seeTask } from './start-phases.ts'

type Start = PhaseTimes & {
  spawnId: string | null
  image: string | undefined
  node: string | null
  /** Whether the log has the line of this start. */
  isTold?: boolean
}

/** 10,000 starts at once are more than a swarm can do. An entry has about 1 KB. */
const MAX_STARTS = 10_000
/** Names, images and reasons come from others. */
const MAX_LENGTH = 500

/** A start that has ended, with the seconds in each phase. */
export type EndedStart = PhaseSeconds & {
  hub: string
  username: string
  server_name: string
  service: string
  spawn_id: string | null
  node: string | null
  image: string | undefined
  outcome: Outcome
  reason: string | null
}

/** What an act tells of a start that has ended. */
export const startedAct = ({ hub, username, server_name, service, ...ended }: EndedStart) => ({
  ...{ hub, username, server_name, service, spawn_id: ended.spawn_id ?? undefined },
  ...{ node: ended.node, image: ended.image, outcome: ended.outcome },
})

/**
 * Makes the log of starts: one line for each start that ends, with the seconds in each phase. It knows only the starts
 * that this copy has seen starting. Each hub has its own bound, so that no hub can push out the starts of another.
 */
export const createStartLog = (
  log: Log,
  now: () => number,
  onEnd: (ended: EndedStart) => void = () => {},
): StartLog => {
  const tell = (ended: EndedStart & LogEntry) => {
    log(ended)
    onEnd(ended)
  }
  const hubs = new Map<string, Map<string, Start>>()
  const startsOf = (hub: string): Map<string, Start> => {
    const starts = hubs.get(hub) ?? new Map<string, Start>()
    hubs.set(hub, starts)
    return starts
  }
  return {
    see: (sight) => {
      const starts = startsOf(sight.hub)
      const key = JSON.stringify([sight.server.username, sight.server.server_name])
      const seen = starts.get(key)
      const known = seen && isAbout(seen, sight) ? seen : undefined
      if (known?.isTold) return false
      if (isStarting(sight)) {
        if (seen && !known && !seen.isTold)
          tell(lineOf(seen, { ...sight, outcome: 'replaced' }, now()))
        keep(starts, key, note(known ?? newStart(sight, now()), sight))
        return !known
      }
      const outcome = outcomeOf(sight)
      if (!known || !outcome) return false
      // A start that is sent again begins with a state `starting`, so the end is remembered.
      starts.set(key, { ...known, isTold: true })
      tell(lineOf(note(known, sight), { ...sight, outcome }, now()))
      return false
    },
  }
}

/** Keeps a start. A new one comes last, and the oldest is dropped where there are too many. */
const keep = (starts: Map<string, Start>, key: string, start: Start): void => {
  if (starts.get(key)?.spawnId !== start.spawnId) starts.delete(key)
  starts.set(key, start)
  const [oldest] = starts.keys()
  if (starts.size > MAX_STARTS && oldest !== undefined) starts.delete(oldest)
}

/** An answer that could not be read says nothing about the start. */
const isStarting = ({ state, ended }: Sight): boolean =>
  ended === undefined && state.state === 'starting' && state.cursor !== 'unreadable'

/** Returns whether a state is of this spawn. A server that is absent has no spawn id but the one that was asked for. */
const isAbout = ({ spawnId }: Start, { state, server, ended }: Sight): boolean => {
  const seen = state.spawn_id ?? server.spawn_id
  return ended === 'stopped' && seen === undefined ? true : seen === spawnId
}

const newStart = ({ state }: Sight, nowMs: number): Start => ({
  spawnId: state.spawn_id,
  image: undefined,
  node: null,
  seenMs: nowMs,
})

const note = (start: Start, { state, image }: Sight): Start => ({
  ...seeTask(start, state),
  spawnId: start.spawnId,
  image: start.image ?? (image === undefined ? undefined : printable(image, MAX_LENGTH)),
  node: state.task?.node ?? start.node,
})

type Outcome = 'running' | 'failed' | 'exited' | 'absent' | 'stopped' | 'abandoned' | 'replaced'

const outcomeOf = ({ state: { state }, ended }: Sight): Outcome | undefined => {
  if (ended) return ended
  return state === 'starting' || state === 'stopping' ? undefined : state
}

const lineOf = (
  start: Start,
  { hub, server, state, outcome }: Sight & { outcome: Outcome },
  nowMs: number,
): EndedStart & LogEntry => ({
  level: outcome === 'running' || outcome === 'stopped' ? ('info' as const) : ('warn' as const),
  message: 'start ended',
  hub,
  username: printable(server.username, MAX_LENGTH),
  server_name: printable(server.server_name, MAX_LENGTH),
  service: state.service_name,
  spawn_id: start.spawnId,
  node: start.node,
  image: start.image,
  outcome,
  ...phaseSeconds(start, outcome, nowMs),
  reason:
    outcome === 'replaced' || state.reason === null ? null : printable(state.reason, MAX_LENGTH),
})
