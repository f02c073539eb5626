/** How many names go into one request: 200 keep its path below the 8 KB that proxies allow. */
export const MOST_NAMES = 200
/** One server alone may be too large; the others are not asked for one by one because of it. */
const FEWEST_NAMES = 20
/** As long as that, an answer that was too large is taken to be so again. */
const REMEMBERED_MS = 300_000

/** How many services' tasks one list is asked for: fewer for a while after an answer was too large. */
export type NamesAtOnce = {
  count: () => number
  /** The answer for so many was too large. */
  wereTooMany: (names: number) => void
}

/** Makes a NamesAtOnce; `now` in milliseconds, of any clock. */
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
