import type { Context } from 'hono'
import * as v from 'valibot'
import { namedServer } from '../src/spawner/named-server.ts'
import type { Dependencies } from './dependencies.ts'
import { answerJson } from './every-call/answer.ts'
import { noSuchServer } from './no-such-server.ts'
import { readQuery } from './read-query.ts'
import { adminPage } from './route.ts'

/** Which server to show. A single function, which has any path, takes the name from its query. */
export const ServerQuery = v.strictObject({ service_name: v.string() })

/** `GET /servers/:service_name`: says all that is known of one server, and changes nothing. */
const showServer =
  ({ spawner }: Dependencies) =>
  async (c: Context) => {
    const { service_name } = readQuery(c, ServerQuery)
    const server = await namedServer(spawner, service_name, c.req.raw.signal)
    if (!server) throw noSuchServer(service_name)
    return answerJson(server, undefined)
  }

/** The route, for the app and for a single function. */
export const serverRoute = adminPage(
  '/servers/:service_name',
  v.object(ServerQuery.entries),
  showServer,
)
