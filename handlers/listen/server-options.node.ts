import type { ServerOptions } from 'node:http'

/**
 * Node.js's own limits for callers. It answers 408 when headers or a body take too long (also a body that no
 * route reads), 431 when headers are too long, and 503 after the last allowed call of a connection.
 */
export const SERVER_OPTIONS = {
  /**
   * 15 s, counted from a connection's opening or its next first byte: a hub on a busy machine may need seconds.
   */
  headersTimeout: 15_000,
  requestTimeout: 40_000,
  connectionsCheckingInterval: 1000,
  keepAliveTimeout: 5000,
  maxHeaderSize: 16 * 1024,
} as const satisfies ServerOptions

export const HANDSHAKE_TIMEOUT_MS = 10_000

export const MAX_HEADERS = 100
/** The calls of one connection may come all at once, before the first is answered, so they need a bound. */
export const MAX_CALLS_PER_CONNECTION = 1000
