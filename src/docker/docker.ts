import { type ApiVersion, negotiate } from './api-version.ts'
import { withDeadline } from './deadline.ts'
import { createNamesAtOnce, type NamesAtOnce } from './names-at-once.ts'
import type { EngineTransport } from './transport.ts'
import { createTurns, type Turns } from './turns.ts'
import { unlessAborted } from './unless-aborted.ts'

/**
 * An Engine to talk to. Make one value for each Engine and keep it: it remembers the API version that both
 * sides agreed on.
 */
export type Docker = {
  transport: EngineTransport
  /** The API version for every call. The first call asks the Engine, with `HEAD /_ping`. */
  apiVersion: (signal: AbortSignal) => Promise<ApiVersion>
  /** Forgets the agreed version. Needed when the Engine was replaced by an older or newer one. */
  forgetApiVersion: () => void
  /**
   * The queue of callers that read a large answer. One reads at a time, so a hundred large answers take the
   * memory of one.
   */
  turns: Turns
  /** How many services to ask for in one list of tasks. */
  namesAtOnce: NamesAtOnce
}

/** Makes a Docker value from a transport. It does not ask the Engine yet. */
export const connectDocker = (transport: EngineTransport): Docker => {
  let agreed: ApiVersion | undefined
  let asking: Promise<ApiVersion> | undefined
  // Calls that come together share one request. It has no caller's signal, because one caller's abort must not
  // fail the others.
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
