import { EnvError } from '../handlers/settings/env-error.ts'
import { readDuration } from '../handlers/settings/gc-settings.ts'
import type { Node } from '../src/docker/nodes.ts'
import { printable } from '../src/spawner/errors.ts'
import { MAX_MESSAGE } from '../src/spawner/maintenance/maintenance.ts'
import { UsageError } from './exit-code.ts'

/** 30 days: nobody plans longer ahead, and a year with a slip of the finger would keep a node from its servers. */
const MAX_AHEAD_MS = 30 * 24 * 3_600_000
/** 1 minute: a time that was just written is not over. */
const JUST_OVER_MS = 60_000

/**
 * Reads when a maintenance begins, into milliseconds: a time of day (the next one, in the zone of this process), a date with a
 * time, or a duration from now on. Throws UsageError.
 */
export const readAt = (text: string, now: number): number => {
  const at = dayTime(text, now) ?? dateTime(text) ?? now + duration(text)
  if (at < now - JUST_OVER_MS) throw new UsageError(`--at ${text}: that time is over`)
  if (at > now + MAX_AHEAD_MS) throw new UsageError(`--at ${text}: at most 30 days ahead`)
  return at
}

const dayTime = (text: string, now: number): number | undefined => {
  const [, hours, minutes] = /^(\d{1,2}):(\d\d)$/.exec(text) ?? []
  if (hours === undefined || minutes === undefined) return undefined
  if (Number(hours) > 23 || Number(minutes) > 59)
    throw new UsageError(`--at ${text}: a time of day goes from 00:00 to 23:59`)
  const today = timeOn(new Date(now), 0, [Number(hours), Number(minutes)])
  return today > now ? today : timeOn(new Date(now), 1, [Number(hours), Number(minutes)])
}

/** A time of day so many days after another. If clocks are put forward over it, it is as much later. */
const timeOn = (day: Date, later: number, [hours, minutes]: [number, number]): number =>
  new Date(day.getFullYear(), day.getMonth(), day.getDate() + later, hours, minutes).getTime()

const WHOLE = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)$/

const dateTime = (text: string): number | undefined => {
  if (!/^\d{4}-/.test(text)) return undefined
  const [, date = '', time = ''] = WHOLE.exec(text) ?? []
  const at = isDate(date) && !time.startsWith('24') ? Date.parse(`${date}T${time}`) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new UsageError(`--at ${text}: write a date with a time, such as 2026-11-30T18:00`)
}

/** Returns whether the calendar has a date. `Date.parse` takes the 30th of February for the 2nd of March. */
const isDate = (date: string): boolean => {
  const at = Date.parse(`${date}T00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
}

const duration = (text: string): number => {
  try {
    return readDuration(text, '--at')
  } catch (cause) {
    if (!(cause instanceof EnvError)) throw cause
    throw new UsageError(
      `--at ${text}: write a time of day such as 18:00, a date with a time such as 2026-11-30T18:00 or 2026-11-30T18:00+01:00, or a duration such as 2h`,
      { cause },
    )
  }
}

/** Reads the message for the users of a node: one line of plain text. Throws UsageError. */
export const readMessage = (text: string): string => {
  const message = text.trim()
  if (message.length > MAX_MESSAGE)
    throw new UsageError(
      `--message: at most ${MAX_MESSAGE} characters, and it has ${message.length}`,
    )
  if (printable(message, MAX_MESSAGE) !== message)
    throw new UsageError('--message: must be one line of text, without control characters')
  return message
}

/** The node that is called so: by its id, or by a host name that no other node has. Throws UsageError. */
export const nodeCalled = (nodes: readonly Node[], name: string): Node => {
  const [byId] = nodes.filter(({ ID }) => ID === name)
  if (byId) return byId
  const [first, ...others] = nodes.filter(({ Description }) => Description.Hostname === name)
  if (!first) throw new UsageError(`the swarm has no node ${name}; ${whichOnes(nodes, name)}`)
  if (others.length === 0) return first
  const ids = [first, ...others].map(({ ID, Status }) => `${ID} (${Status.State})`)
  throw new UsageError(`several nodes are called ${name}; write the id of one: ${ids.join(', ')}`)
}

/** Five: a terminal shows them on a line or two. */
const MAX_FOUND = 5

/** A part of an id is refused: a node that joins later may have the same. */
const whichOnes = (nodes: readonly Node[], name: string): string => {
  const found = nodes.filter(({ ID }) => name !== '' && ID.startsWith(name))
  if (found.length === 0) return 'docker node ls shows those that it has'
  const some = found.slice(0, MAX_FOUND)
  const whole = some.map(({ ID, Description }) => `${ID} (${Description.Hostname})`)
  return `if an id begins so, write all of it: ${whole.join(', ')}`
}
