import { type ApiVersion, negotiate } from './api-version.ts'
import { withDeadline } from './deadline.ts'
import { createNamesAtOnce, type NamesAtOnce } from './names-at-once.ts'
import type { EngineTransport } from './transport.ts'
import { createTurns, type Turns } from './turns.ts'
import { unlessAborted } from './unless-aborted.ts'

/** An Engine to talk to. Make one per Engine and keep it: it remembers the API version they agreed on. */
export type Docker = {
  transport: EngineTransport
  /** The API version of every call, asked once with `HEAD /_ping`. */
  apiVersion: (signal: AbortSignal) => Promise<ApiVersion>
  /** Drops the agreed version, for an Engine that was replaced by an older or newer one meanwhile. */
  forgetApiVersion: () => void
  /** The queue of those who read a large answer, one at a time: a hundred answers take the memory of one. */
  turns: Turns
  /** How many services' tasks fit into one answer. */
  namesAtOnce: NamesAtOnce
}

/** Makes a Docker of a transport; asks nothing yet. */
export const connectDocker = (transport: EngineTransport): Docker => {
  let agreed: ApiVersion | undefined
  let asking: Promise<ApiVersion> | undefined
  // Calls that come at once ask once, on nobody's signal: one that is aborted must not fail the others.
  const ask = async (): Promise<ApiVersion> => {
    try {
      agreed = await withDeadline({}, 'HEAD /_ping', (signal) => negotiate(transport, signal))
      return agreed
    } finally {
      asking = undefined
    }
  }
  return {
    transport,
    apiVersion: async (signal) => {
      if (agreed !== undefined) return agreed
      signal.throwIfAborted()
      asking ??= ask()
      return unlessAborted(asking, signal)
    },
    forgetApiVersion: () => {
      agreed = undefined
    },
    turns: createTurns(),
    namesAtOnce: createNamesAtOnce(),
  }
}
