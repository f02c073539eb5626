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
 * time, or a duration from now on. Throws UsageError or EnvError.
 */
export const readAt = (text: string, now: number): number => {
  const at = dayTime(text, now) ?? dateTime(text) ?? now + readDuration(text, '--at')
  if (at < now - JUST_OVER_MS) throw new UsageError(`--at ${text}: that time is over`)
  if (at > now + MAX_AHEAD_MS) throw new UsageError(`--at ${text}: at most 30 days ahead`)
  return at
}

const dayTime = (text: string, now: number): number | undefined => {
  const [, hours, minutes] = /^(\d{1,2}):(\d\d)$/.exec(text) ?? []
  if (hours === undefined || minutes === undefined) return undefined
  if (Number(hours) > 23 || Number(minutes) > 59)
    throw new UsageError(`--at ${text}: a time of day goes from 00:00 to 23:59`)
  const at = new Date(now)
  at.setHours(Number(hours), Number(minutes), 0, 0)
  if (at.getTime() <= now) at.setDate(at.getDate() + 1)
  return at.getTime()
}

const dateTime = (text: string): number | undefined => {
  if (!/^\d{4}-/.test(text)) return undefined
  const isWhole = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?$/.test(
    text,
  )
  const at = isWhole ? Date.parse(text.replace(' ', 'T')) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new UsageError(`--at ${text}: write a date with a time, such as 2026-11-30T18:00`)
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
  if (!first)
    throw new UsageError(`the swarm has no node ${name}; docker node ls shows those that it has`)
  if (others.length === 0) return first
  const ids = [first, ...others].map(({ ID, Status }) => `${ID} (${Status.State})`)
  throw new UsageError(`several nodes are called ${name}; write the id of one: ${ids.join(', ')}`)
}
