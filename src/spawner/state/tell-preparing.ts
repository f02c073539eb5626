import { secondsInWords } from '../duration-words.ts'
import { type ServerEvent, taskOfEvent } from './events.ts'

/** A node that has the image prepares a task within a second or two. That need not be told. */
const MIN_MS = 3000

const PREPARED: ReadonlySet<string> = new Set(['ready', 'starting', 'running'])

/**
 * Adds to the first event after a long `preparing` how long that took, with the download. Swarm keeps only the present
 * state of a task, so only who has seen both events can tell. Adds nothing the second time.
 */
export const tellPreparing = (events: readonly ServerEvent[]): ServerEvent[] => {
  const since = new Map<string, number>()
  return events.map((event) => {
    const { id, state } = taskOfEvent(event)
    if (state === 'preparing') since.set(id, since.get(id) ?? Date.parse(event.time))
    const begun = since.get(id)
    if (begun === undefined || !PREPARED.has(state)) return event
    since.delete(id)
    const tookMs = Date.parse(event.time) - begun
    return tookMs >= MIN_MS ? withLength(event, tookMs) : event
  })
}

const withLength = (event: ServerEvent, tookMs: number): ServerEvent => {
  const length = ` (preparing took ${secondsInWords(tookMs / 1000)})`
  return event.message.endsWith(length) ? event : { ...event, message: event.message + length }
}
