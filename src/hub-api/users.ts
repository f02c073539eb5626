import * as v from 'valibot'
import { HubApiError } from './errors.ts'
import { askHub, type HubApi } from './request.ts'

/**
 * The names of a user's active servers: those that run, start or stop, or that the hub is checking. The default
 * server's name is empty.
 */
type ActiveServers = ReadonlySet<string>

const NEEDED = ['list:users', 'read:servers']

/** 200 is the largest page that a hub returns by default. */
const PAGE_SIZE = 200

const Self = v.object({ scopes: v.array(v.string()) })

/**
 * An object by server name. valibot's own record would accept a list, and leave out a server that is named
 * `constructor`.
 */
const ByName = v.custom<object>(
  (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
)

/** Without `servers`, the token may not see the user's servers. That does not mean that there are none. */
const User = v.object({
  name: v.string(),
  servers: v.optional(ByName),
})
type User = v.InferOutput<typeof User>

const Page = v.object({
  items: v.array(User),
  _pagination: v.object({
    total: v.number(),
    next: v.nullable(v.object({ offset: v.number() })),
  }),
})

/** `GET /user`: throws `missing_scopes` unless the token shows all users and all their servers. */
export const requireScopes = async (api: HubApi, signal: AbortSignal): Promise<void> => {
  const self = await askHub(api, { path: '/user', schema: Self, signal })
  if (!self) throw notAHub(api)
  // A narrower scope such as `list:users!group=a` does not count: the hub would leave users out and not say so.
  const missing = NEEDED.filter((scope) => !self.scopes.includes(scope))
  if (missing.length > 0)
    throw new HubApiError(
      'missing_scopes',
      `GET ${api.url}/user: the token lacks ${missing.join(' and ')}, or has it for some users only`,
    )
}

/**
 * `GET /users`, all pages: the active servers of every user. While users are added or deleted, a user may be on
 * no page. So ask `findUser` as well before you treat a user as deleted.
 */
export const listUsers = async (
  api: HubApi,
  signal: AbortSignal,
): Promise<Map<string, ActiveServers>> => {
  const users = new Map<string, ActiveServers>()
  let offset: number | undefined = 0
  let [seen, total] = [0, 0]
  while (offset !== undefined) {
    const path: string = `/users?offset=${offset}&limit=${PAGE_SIZE}`
    const page = await askHub(api, { path, schema: Page, signal })
    if (!page) throw notAHub(api)
    for (const user of page.items) users.set(user.name, activeServers(api, user))
    seen += page.items.length
    total = page._pagination.total
    offset = nextOffset(api, offset, page._pagination.next?.offset)
  }
  if (seen < total)
    throw new HubApiError(
      'unexpected_answer',
      `GET ${api.url}/users: the hub has ${total} users but shows ${seen}`,
    )
  return users
}

/** `GET /users/{name}`: a user's active servers. Undefined when the hub has no such user. */
export const findUser = async (
  api: HubApi,
  name: string,
  signal: AbortSignal,
): Promise<ActiveServers | undefined> => {
  const path = `/users/${encodeURIComponent(name)}`
  const user = await askHub(api, { path, schema: User, signal })
  if (user && user.name !== name) throw notAHub(api)
  return user && activeServers(api, user)
}

const activeServers = ({ url }: HubApi, { servers }: User): ActiveServers => {
  if (servers) return new Set(Object.keys(servers))
  throw new HubApiError(
    'missing_scopes',
    `GET ${url}/users: the token does not show the servers of every user; it needs read:servers`,
  )
}

const nextOffset = (api: HubApi, offset: number, next: number | undefined): number | undefined => {
  if (next === undefined || next > offset) return next
  throw notAHub(api)
}

const notAHub = ({ url }: HubApi): HubApiError =>
  new HubApiError('unexpected_answer', `GET ${url}: the answer does not come from a hub's REST API`)
