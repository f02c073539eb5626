import { type ApiVersion, negotiate } from './api-version.ts'
import type { EngineTransport } from './transport.ts'

/** An Engine to talk to. Make one per Engine and keep it: it remembers the API version they agreed on. */
export type Docker = {
  transport: EngineTransport
  /** The API version of every call, asked once with `HEAD /_ping`. */
  apiVersion: (signal: AbortSignal) => Promise<ApiVersion>
  /** Drops the agreed version, for an Engine that was replaced by an older or newer one meanwhile. */
  forgetApiVersion: () => void
}

/** Makes a Docker of a transport; asks nothing yet. */
export const connectDocker = (transport: EngineTransport): Docker => {
  let agreed: ApiVersion | undefined
  return {
    transport,
    apiVersion: async (signal) => {
      // Calls that come at once each ask: one that is aborted must not fail the others.
      agreed ??= await negotiate(transport, signal)
      return agreed
    },
    forgetApiVersion: () => {
      agreed = undefined
    },
  }
}
