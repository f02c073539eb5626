import type { StartRequest } from '../../src/spawner/start-request.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'
import type { See } from './sight.ts'

/** Tells the log of starts what one call of a start sees: its image, each state, and that its caller left. */
export const createSights = (see: See, { server, spawn_id }: StartRequest) => {
  let image: string | undefined
  let latest: ServerState | undefined
  const tell = (state: ServerState) => {
    latest = state
    see({ server, state, image })
  }
  return {
    onImage: (named: string) => {
      image = named
    },
    see: tell,
    watch: async function* (states: AsyncIterable<ServerState>): AsyncGenerator<ServerState> {
      for await (const state of states) {
        tell(state)
        yield state
      }
    },
    /** The caller has left, so the start has removed its service. */
    abandon: () => {
      if (latest?.state === 'starting')
        see({ server: { ...server, spawn_id }, state: latest, ended: 'abandoned' })
    },
  }
}
