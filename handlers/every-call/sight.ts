import type { ServerState } from '../../src/spawner/state/server-state.ts'

/** What a call saw of a server. `image` is known only to a start. */
export type Sight = {
  hub: string
  server: { username: string; server_name: string; spawn_id?: string | undefined }
  state: ServerState
  image?: string | undefined
  /** Why the start has ended, if the state does not say it: the server was stopped, or the caller of the start left. */
  ended?: 'stopped' | 'abandoned'
}

/** Tells what a call saw. The hub is the one that calls. */
export type See = (sight: Omit<Sight, 'hub'>) => void

export type StartLog = {
  /** Takes note of a state. Logs one line if it ends a start. Returns whether a start is seen for the first time. */
  see: (sight: Sight) => boolean
}
