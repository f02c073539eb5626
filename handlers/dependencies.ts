import type { Spawner } from '../src/spawner/spawner.ts'
import type { HubKeys } from './caller/signature.ts'
import type { Log } from './every-call/log.ts'
import type { ServiceMetrics } from './metrics/service-metrics.ts'
import type { PushSettings } from './settings/push-settings.ts'
import type { Recent, Rounds } from './status/recent.ts'

/**
 * Shares connections and memory among callers. On Node.js we have to do it, other platforms do it themselves.
 */
export type Callers = {
  /**
   * Reads the body of a call whose sender is not known yet. Throws a RequestError: `too_large`, `too_slow` or
   * `busy`.
   */
  readBody: (request: Request) => Promise<string>
  /** Tells which hub has made a call. Until its answer, the call counts as that hub's. Throws `busy`. */
  verified: (request: Request, hub: string) => void
}

/** Everything that the handlers need. */
export type Dependencies = {
  spawner: Spawner
  hubs: readonly HubKeys[]
  /** The admin token. `undefined`: calls by hand are refused. */
  adminToken: string | undefined
  /** Who may announce pushed images. `undefined`: nobody. */
  push?: PushSettings | undefined
  /** A token that opens `/metrics` and nothing else, so that a monitor need not hold the admin token. */
  metricsToken?: string | undefined
  /** Counts what this copy does. `undefined` where each request is a process of its own. */
  metrics?: ServiceMetrics
  /** What this copy remembers for the status page. `undefined` where each request is a process of its own. */
  recent?: Recent | undefined
  /** How often this copy looks for leftovers and due images. `undefined` where the platform's clock decides. */
  rounds?: Rounds | undefined
  log: Log
  /**
   * Aborts when this process is about to stop. Callers that wait then get their answer at once and may ask
   * another copy.
   */
  shutdown: AbortSignal
  /** `undefined`: the platform limits callers itself. */
  callers?: Callers
  /** Lets work go on after its caller has left, on platforms that would end it with the connection. */
  waitUntil?: (work: Promise<unknown>) => void
}
