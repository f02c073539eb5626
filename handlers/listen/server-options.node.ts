import type { ServerOptions } from 'node:http'

/**
 * What Node.js keeps of callers by itself. It answers 408 where headers or a body take too long (also one that no route
 * reads), 431 where headers are too long, and 503 after the last call of a connection.
 */
export const SERVER_OPTIONS = {
  /** From a connection's first byte, or its opening; a hub on a machine that is busy may need seconds. */
  headersTimeout: 15_000,
  requestTimeout: 40_000,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: 5000,
  maxHeaderSize: 16 * 1024,
} as const satisfies ServerOptions

export const HANDSHAKE_TIMEOUT_MS = 10_000

export const MAX_HEADERS = 100
/** A connection's calls may come all at once, before the first is answered. */
export const MAX_CALLS_PER_CONNECTION = 1000
