import { DockerError, isDockerError } from './errors.ts'
import type { Filters } from './filters.ts'

/** A list, and what is missing from it: the filters of each part that could not be read, with the error. */
export type Listing<T> = { items: T[]; unread: Unread[] }
export type Unread = { filters: Filters; error: DockerError }

/** Asks for a part of a list. With `isSkimmed`, only the wanted fields of the answer are held in memory. */
type AskPart<T> = (filters: Filters, isSkimmed: boolean) => Promise<T[]>

/**
 * An answer that was too large is divided into six parts. If a few services are very large, halves would be too
 * large again.
 */
const PARTS = 6
/** Two letters of an id make 1296 parts: with ten thousand services each has about eight. */
const MAX_PREFIX = 2
/** The characters of Swarm's ids, which are 25 characters long. */
const LETTERS = [...'0123456789abcdefghijklmnopqrstuvwxyz']
/** 10 s: a hub waits 15 s for an answer. */
const PATIENCE_MS = 10_000
/**
 * An upper bound on the calls for one list, so that the loop always ends. In time, `PATIENCE_MS` is reached
 * first.
 */
const MAX_CALLS = 2000

/**
 * Lists what may not fit into one answer. A part with the error `answer_too_large` is divided into six: by the
 * values of its filter `name`, or else by the first letters of ids. If such a part is too large as well, it is
 * skimmed, and only then divided again. A part that cannot be divided any more is `unread`. So is everything
 * left after `patienceMs`, counted from the first answer that was too large. Other errors are thrown.
 */
export const listInParts = async <T>(
  ask: AskPart<T>,
  parts: readonly Filters[],
  { patienceMs = PATIENCE_MS, onTooLarge = () => {} }: PartsOptions = {},
): Promise<Listing<T>> => {
  const listing: Listing<T> = { items: [], unread: [] }
  let giveUpAt = Number.POSITIVE_INFINITY
  // Parts that were divided go to the end of the queue, so that the quick ones are read first.
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
  /** Called with each part whose answer was too large. */
  onTooLarge?: (part: Filters) => void
}

/** The items of a complete list. If a part could not be read, throws its error. */
export const wholeOf = <T>({ items, unread }: Listing<T>): T[] => {
  const [missed] = unread
  if (missed) throw missed.error
  return items
}

/** Divides a part. Returns nothing when the part is as small as possible. */
const divide = (part: Filters): Filters[] => {
  const { name, id } = part
  if (name && name.length > 1) return parted(name).map((few) => ({ ...part, name: few }))
  if (name?.length === 1) return []
  if (id && id.length > 1) return parted(id).map((few) => ({ ...part, id: few }))
  const prefix = id?.[0] ?? ''
  if (prefix.length >= MAX_PREFIX) return []
  return parted(LETTERS.map((letter) => prefix + letter)).map((few) => ({ ...part, id: few }))
}

const parted = (values: readonly string[]): string[][] =>
  chunks(values, Math.ceil(values.length / PARTS))

/** The values in order, in lists of `size` or, the last one, fewer. */
export const chunks = <T>(values: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  )

const tooLate = (patienceMs: number): DockerError =>
  new DockerError(
    'answer_too_large',
    `the list is too large to be read in parts within ${patienceMs / 1000} s`,
  )
