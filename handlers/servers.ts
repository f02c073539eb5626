import type { Context } from 'hono'
import * as v from 'valibot'
import { findServers } from '../src/spawner/find-servers.ts'
import { ServerState } from '../src/spawner/state/server-state.ts'
import type { Dependencies } from './dependencies.ts'
import { answerJson } from './every-call/answer.ts'
import { countUpTo, readQuery } from './read-query.ts'
import { adminPage } from './route.ts'

const MOST = 1000
const Text = v.pipe(v.string(), v.minLength(1), v.maxLength(255))

/** Which servers to list. */
export const ServersQuery = v.strictObject({
  hub: v.optional(Text),
  user: v.optional(Text),
  state: v.optional(ServerState.entries.state),
  node: v.optional(Text),
  limit: countUpTo(MOST, 100),
  after: v.optional(Text),
})

/** `GET /servers`: lists the servers of all hubs, page by page, for people and tools. */
const listAll =
  ({ spawner }: Dependencies) =>
  async (c: Context) => {
    const { user: username, ...search } = readQuery(c, ServersQuery)
    return answerJson(
      await findServers(spawner, { ...search, username }, c.req.raw.signal),
      undefined,
    )
  }

/** The route, for the app and for a single function. */
export const serversRoute = adminPage('/servers', v.object(ServersQuery.entries), listAll)
