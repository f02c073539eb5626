/** One HTTP exchange with an Engine; `path` begins with a slash and carries version and query. */
export type EngineRequest = {
  method: 'GET' | 'HEAD' | 'POST' | 'DELETE'
  path: string
  headers?: Record<string, string>
  body?: string
  signal: AbortSignal
}

export type EngineResponse = {
  status: number
  /** The value of a header, by its lower-case name. */
  header: (name: string) => string | undefined
  /** The body as it comes; to be read once, this way or by `text`. */
  body: AsyncIterable<Uint8Array>
  /**
   * A quicker way to all of the body, where the transport has one; undefined where it is longer than `maxBytes`. Before it
   * reads more than a mebibyte it waits for `takeTurn`.
   */
  text?: (maxBytes: number, takeTurn?: () => Promise<void>) => Promise<string | undefined>
}

/**
 * How bytes reach an Engine. A transport answers any HTTP status, and throws a DockerError of the
 * unreachable family, or the reason of `signal` once that is aborted.
 */
export type EngineTransport = (request: EngineRequest) => Promise<EngineResponse>
