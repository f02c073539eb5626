import type { Spawner } from '../src/spawner/spawner.ts'
import type { Log } from './log.ts'
import type { HubKeys } from './signature.ts'

/** What the handlers work with. */
export type Deps = {
  spawner: Spawner
  hubs: readonly HubKeys[]
  /** Lets people call by hand; none, nobody. */
  adminToken: string | undefined
  log: Log
  /** Aborted when this process is about to stop: who waits is answered at once, and may ask another copy. */
  shutdown: AbortSignal
  /** Lets work go on whose caller has gone, where the platform would end it with the connection. */
  waitUntil?: (work: Promise<unknown>) => void
}
