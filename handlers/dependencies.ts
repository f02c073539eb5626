import type { Spawner } from '../src/spawner/spawner.ts'
import type { HubKeys } from './caller/signature.ts'
import type { Log } from './every-call/log.ts'

/** Watches over callers where the platform does not: on Node.js, connections and memory are ours to share out. */
export type Callers = {
  /** Reads the body of a call, nobody knows yet whose. Throws a RequestError: `too_large`, `too_slow` or `busy`. */
  readBody: (request: Request) => Promise<string>
  /** Is told whose call it is, once that is known; until it is answered, it counts as that hub's. Throws `busy`. */
  verified: (request: Request, hub: string) => void
}

/** What the handlers work with. */
export type Dependencies = {
  spawner: Spawner
  hubs: readonly HubKeys[]
  /** Lets people call by hand; none, nobody. */
  adminToken: string | undefined
  log: Log
  /** Aborted when this process is about to stop: who waits is answered at once, and may ask another copy. */
  shutdown: AbortSignal
  /** `undefined`: the platform bounds callers itself. */
  callers?: Callers
  /** Lets work go on whose caller has gone, where the platform would end it with the connection. */
  waitUntil?: (work: Promise<unknown>) => void
}
