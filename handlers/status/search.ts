import * as v from 'valibot'
import type { SeenServer } from '../../src/spawner/overview.ts'
import { byNeed } from '../../src/spawner/overview-words.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { countUpTo } from '../read-query.ts'

/** A form sends its empty fields as well. */
const Text = v.optional(v.pipe(v.string(), v.maxLength(255)), '')

/** Which servers the page shows. What is empty does not matter. */
export const StatusQuery = v.strictObject({
  hub: Text,
  user: Text,
  state: v.optional(v.picklist([...ServerState.entries.state.options, '']), ''),
  node: Text,
  page: countUpTo(100_000, 1),
})
export type StatusQuery = v.InferOutput<typeof StatusQuery>

/** 100 servers of a page can be read, and a page of a thousand would be slow on a phone. */
const PAGE_SIZE = 100

/** One page of the servers that were asked for: those that somebody has to look at come first. */
export const search = (servers: readonly SeenServer[], { page, ...query }: StatusQuery) => {
  const found = servers.filter((server) => isMeant(server, query)).sort(byNeed)
  const begin = (page - 1) * PAGE_SIZE
  return {
    found,
    shown: found.slice(begin, begin + PAGE_SIZE),
    left: Math.max(0, found.length - begin - PAGE_SIZE),
  }
}

const isMeant = (
  { labels, state }: SeenServer,
  { hub, user, state: wanted, node }: Omit<StatusQuery, 'page'>,
): boolean =>
  (hub === '' || labels.hub === hub) &&
  (user === '' || labels.username === user) &&
  (wanted === '' || state.state === wanted) &&
  (node === '' || state.task?.node === node)

/** The query of another page of the same search. */
export const queryOf = ({ page, ...query }: StatusQuery, other: number): string => {
  const given = Object.entries({ ...query, page: other > 1 ? String(other) : '' })
  return `?${new URLSearchParams(given.filter(([, value]) => value !== ''))}`
}
