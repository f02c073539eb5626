import type { Context } from 'hono'
import { isAskedInAtLeast } from './api-version.ts'
import type { EmbeddedEvent, EmbeddedService, Swarm } from './swarm.ts'
import { type Filters, matches, readFilters } from './wire/filters.ts'
import { liveStream } from './wire/live-stream.ts'
import { recordedAnswer } from './wire/recorded-answer.ts'
import { unrecordedRefusal } from './wire/refusal.ts'

/** The Engine remembers 256 events for `since`. */
const REMEMBERED = 256

/** Sends an event to all listeners of `/events`: a service was created, updated or removed. */
export const emitServiceEvent = (
  swarm: Swarm,
  action: 'create' | 'update' | 'remove',
  { id, spec }: EmbeddedService,
  attributes: Record<string, string> = {},
): void => {
  const { now } = swarm.clock()
  const event = {
    Type: 'service',
    Action: action,
    Actor: { ID: id, Attributes: { name: spec.Name ?? '', ...attributes } },
    scope: 'swarm',
    time: Math.floor(now / 1000),
    timeNano: Math.round(now * 1e6),
  }
  swarm.events = [...swarm.events, event].slice(-REMEMBERED)
  for (const listener of swarm.eventListeners) listener(event)
}

const FILTERS = [
  ...['type', 'event', 'scope', 'service', 'label', 'config', 'container', 'daemon', 'image'],
  ...['network', 'node', 'plugin', 'secret', 'volume'],
]

/**
 * `GET /events`: sends the events since `since`, then each new one, until `until` or until the client leaves.
 */
export const watchEvents = (swarm: Swarm) => (c: Context) => {
  const filters = readFilters(c.req.query('filters'), FILTERS)
  const since = timeOf(c.req.query('since'))
  const until = timeOf(c.req.query('until'))
  const stream = liveStream(c.req.raw.signal, ({ send, end }) => {
    const listener = (event: EmbeddedEvent) => {
      if (isMeant(event, filters)) send(encode(event))
    }
    const past = swarm.events.filter(({ timeNano }) => isBetween(timeNano / 1e6, since, until))
    past.forEach(listener)
    swarm.eventListeners.add(listener)
    const leftMs = until === undefined ? undefined : until - swarm.clock().now
    const timer = leftMs === undefined ? undefined : setTimeout(end, Math.max(0, leftMs))
    return () => {
      clearTimeout(timer)
      swarm.eventListeners.delete(listener)
    }
  })
  const answer = recordedAnswer(swarm.recorded.events, stream)
  // Newer API versions give the same lines this content type.
  if (isAskedInAtLeast(swarm.recorded, c.req.url, '1.52'))
    answer.headers.set('content-type', 'application/jsonl')
  return answer
}

const isBetween = (ms: number, since: number | undefined, until: number | undefined): boolean =>
  since !== undefined && ms >= since && ms <= (until ?? Infinity)

const isMeant = ({ Type, Action, Actor, scope }: EmbeddedEvent, filters: Filters): boolean =>
  matches(filters, 'type', (type) => Type === type) &&
  matches(filters, 'event', (action) => Action === action) &&
  matches(filters, 'scope', (wanted) => scope === wanted) &&
  matches(filters, 'service', (ref) => [Actor.ID, Actor.Attributes['name']].includes(ref)) &&
  ['config', 'container', 'image', 'network', 'node', 'volume', 'label'].every(
    (key) => !filters.has(key),
  )

const encode = (event: EmbeddedEvent): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(event)}\n`)

/** Reads Unix seconds with fractions, or RFC 3339, into milliseconds. */
const timeOf = (text: string | undefined): number | undefined => {
  if (!text) return undefined
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (Number.isNaN(ms)) throw unrecordedRefusal(400, `failed to parse value as time: ${text}`)
  return ms
}
