import { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:net'
import type { Http2Bindings, HttpBindings } from '@hono/node-server'
import { createHubCalls } from '../caller/hub-calls.ts'
import type { Callers } from '../dependencies.ts'
import type { Log } from '../every-call/log.ts'
import { readBody } from '../every-call/read-body.ts'
import type { CallerLimits } from '../settings/caller-settings.ts'
import { createConnections } from './connections.node.ts'
import { createBodies } from './incoming-bodies.node.ts'

/** A call in Node.js's terms, and the length of its body once it was read. */
type Call = { incoming: IncomingMessage; answer: ServerResponse; bytes: number }

type Fetch = (request: Request, bindings: HttpBindings | Http2Bindings) => Promise<Response>

/**
 * Shares connections and memory among callers; see `connections.node.ts`, `incoming-bodies.node.ts` and
 * `hub-calls.ts`.
 */
export const createCallers = (limits: CallerLimits, log: Log) => {
  const connections = createConnections(limits, log)
  const [readIncoming, beginCall] = [createBodies(), createHubCalls()]
  const calls = new WeakMap<Request, Call>()

  const callers: Callers = {
    readBody: async (request) => {
      const call = calls.get(request)
      if (!call) return readBody(request)
      const body = await readIncoming(call.incoming)
      call.bytes = body.length
      return body
    },
    verified: (request, hub) => {
      const call = calls.get(request)
      if (!call) return
      call.answer.once('close', beginCall(hub, call.bytes))
      connections.spare(call.incoming.socket, call.answer)
    },
  }
  return {
    callers,
    /** Remembers Node.js's objects for each request, so that `callers` can find them. */
    fetchOf:
      (fetch: (request: Request) => Response | Promise<Response>): Fetch =>
      async (request, { incoming, outgoing }) => {
        if (incoming instanceof IncomingMessage && outgoing instanceof ServerResponse)
          calls.set(request, { incoming, answer: outgoing, bytes: 0 })
        return fetch(request)
      },
    watch: (server: Server, isSecured: boolean) => connections.watch(server, isSecured),
    closeUnverified: () => connections.closeUnverified(),
  }
}
