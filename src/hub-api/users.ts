import * as v from 'valibot'
import { HubApiError } from './errors.ts'
import { askHub, type HubApi } from './request.ts'

/**
 * The names of a user's active servers: those that run, and those with a start, stop or check under way. The default
 * server is the empty name.
 */
type ActiveServers = ReadonlySet<string>

const NEEDED = ['list:users', 'read:servers']

/** The most that a hub gives at once, unless its admin says otherwise. */
const PAGE_SIZE = 200

const Self = v.object({ scopes: v.array(v.string()) })

/** valibot's record takes a list for one, and leaves out keys such as `constructor`, which a server may be called. */
const ByName = v.custom<object>(
  (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
)

/** `servers` is absent where the token may not see them, which is not the same as none. */
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

/** `GET /user`: throws `missing_scopes` unless the token shows all users, and all servers of each. */
export const requireScopes = async (api: HubApi, signal: AbortSignal): Promise<void> => {
  const self = await askHub(api, { path: '/user', schema: Self, signal })
  if (!self) throw notAHub(api)
  // `list:users!group=a` is another scope: the hub leaves out the other users, and does not say so.
  const missing = NEEDED.filter((scope) => !self.scopes.includes(scope))
  if (missing.length > 0)
    throw new HubApiError(
      'missing_scopes',
      `GET ${api.url}/user: the token lacks ${missing.join(' and ')}, or has it for some users only`,
    )
}

/**
 * `GET /users`, all pages: the active servers of every user. While users come and go, one may be on no page, so
 * ask `findUser` too before you take somebody for gone.
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
      `GET ${api.url}/users: the hub has ${total} users and shows ${seen}`,
    )
  return users
}

/** `GET /users/{name}`: a user's active servers; undefined where the hub has no such user. */
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
  new HubApiError('unexpected_answer', `GET ${url}: what answers is not a hub's REST API`)
