/** 200 names in one request keep its path below 8 KB, which is the limit of many proxies. */
export const MOST_NAMES = 200
/** At least 20 names: one very large server must not make us ask for all servers one by one. */
const FEWEST_NAMES = 20
/** 5 minutes: for this long we expect that a list of the same length is too large again. */
const REMEMBERED_MS = 300_000

/**
 * How many services to ask for in one list of tasks. After an answer that was too large it is fewer, for a
 * while.
 */
export type NamesAtOnce = {
  count: () => number
  /** Call this when the answer for `names` services was too large. */
  wereTooMany: (names: number) => void
}

/** Makes a NamesAtOnce. `now` is any clock in milliseconds. */
export const createNamesAtOnce = (now: () => number = () => performance.now()): NamesAtOnce => {
  let few = { count: MOST_NAMES, until: 0 }
  const count = () => (now() < few.until ? few.count : MOST_NAMES)
  return {
    count,
    wereTooMany: (names) => {
      const half = Math.max(FEWEST_NAMES, Math.ceil(names / 2))
      few = { count: Math.min(count(), half), until: now() + REMEMBERED_MS }
    },
  }
}
