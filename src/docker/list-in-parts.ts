import { DockerError, isDockerError } from './errors.ts'
import type { Filters } from './filters.ts'

/** What could be read of a list, and what could not: the filters of those parts, and why. */
export type Listing<T> = { items: T[]; unread: Unread[] }
export type Unread = { filters: Filters; error: DockerError }

/** Asks for a part of a list; `isSkimmed` for a part of one, of which only what is wanted is held. */
type AskPart<T> = (filters: Filters, isSkimmed: boolean) => Promise<T[]>

/** Six parts of an answer that was too large: halves would be too large again where a few are very large. */
const PARTS = 6
/** By two letters of their ids, ten thousand services are in parts of eight. */
const MAX_PREFIX = 2
/** The characters of Swarm's ids, which have 25 of them. */
const LETTERS = [...'0123456789abcdefghijklmnopqrstuvwxyz']
/** A hub waits for 15 s. */
const PATIENCE_MS = 10_000
const MAX_CALLS = 2000

/**
 * Lists what one answer may not hold. What is `answer_too_large` is asked for in six parts, by the values of its filter
 * `name`, else by the first letters of ids; such a part is skimmed where it is too large as well, and divided again where
 * that does not do. What can't be divided any more, and all that is left after `patienceMs` from the first answer that
 * was too large, is `unread`. Other errors are thrown.
 */
export const listInParts = async <T>(
  ask: AskPart<T>,
  parts: readonly Filters[],
  { patienceMs = PATIENCE_MS, onTooLarge = () => {} }: PartsOptions = {},
): Promise<Listing<T>> => {
  const listing: Listing<T> = { items: [], unread: [] }
  let giveUpAt = Number.POSITIVE_INFINITY
  // In turn, so that what is quickly read does not wait for what is not.
  const waiting: Part[] = parts.map((filters) => ({ filters, isWhole: true, isSkimmed: false }))
  for (let calls = 0, part = waiting.shift(); part; part = waiting.shift(), calls++) {
    if (performance.now() > giveUpAt || calls >= MAX_CALLS) {
      listing.unread.push({ filters: part.filters, error: tooLate(patienceMs) })
      continue
    }
    try {
      for (const item of await ask(part.filters, part.isSkimmed)) listing.items.push(item)
    } catch (error) {
      if (!isDockerError(error, 'answer_too_large')) throw error
      giveUpAt = Math.min(giveUpAt, performance.now() + patienceMs)
      if (!part.isSkimmed) onTooLarge(part.filters)
      const smaller = smallerThan(part)
      if (smaller.length === 0) listing.unread.push({ filters: part.filters, error })
      waiting.push(...smaller)
    }
  }
  return listing
}

type Part = { filters: Filters; isWhole: boolean; isSkimmed: boolean }

const smallerThan = ({ filters, isWhole, isSkimmed }: Part): Part[] => {
  const parts = isWhole || isSkimmed ? divide(filters) : []
  if (parts.length === 0 && !isSkimmed) return [{ filters, isWhole: false, isSkimmed: true }]
  return parts.map((part) => ({ filters: part, isWhole: false, isSkimmed: false }))
}

type PartsOptions = {
  patienceMs?: number
  /** Told of each part whose answer was too large. */
  onTooLarge?: (part: Filters) => void
}

/** All of a list; throws why a part of it could not be read. */
export const wholeOf = <T>({ items, unread }: Listing<T>): T[] => {
  const [missed] = unread
  if (missed) throw missed.error
  return items
}

/** Smaller parts of a part; none of one that is as small as can be. */
const divide = (part: Filters): Filters[] => {
  const { name, id } = part
  if (name && name.length > 1) return chunks(name).map((few) => ({ ...part, name: few }))
  if (name?.length === 1) return []
  if (id && id.length > 1) return chunks(id).map((few) => ({ ...part, id: few }))
  const prefix = id?.[0] ?? ''
  if (prefix.length >= MAX_PREFIX) return []
  return chunks(LETTERS.map((letter) => prefix + letter)).map((few) => ({ ...part, id: few }))
}

const chunks = (values: readonly string[]): string[][] => {
  const size = Math.ceil(values.length / PARTS)
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  )
}

const tooLate = (patienceMs: number): DockerError =>
  new DockerError(
    'answer_too_large',
    `the list is too large to be read in parts within ${patienceMs / 1000} s`,
  )
