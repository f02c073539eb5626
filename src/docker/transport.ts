/** One HTTP request to an Engine. `path` begins with a slash and includes version and query. */
export type EngineRequest = {
  method: 'GET' | 'HEAD' | 'POST' | 'DELETE'
  path: string
  headers?: Record<string, string>
  body?: string
  signal: AbortSignal
}

export type EngineResponse = {
  status: number
  /** Returns the value of a header. `name` is in lower case. */
  header: (name: string) => string | undefined
  /** The body as it comes. Read it once, either here or with `text`. */
  body: AsyncIterable<Uint8Array>
  /**
   * A faster way to read the whole body, if the transport has one. Undefined when the body is longer than
   * `maxBytes`. Before it reads more than one mebibyte, it waits for `takeTurn`.
   */
  text?: (maxBytes: number, takeTurn?: () => Promise<void>) => Promise<string | undefined>
}

/**
 * Sends requests to an Engine. It returns the response whatever its HTTP status is. It throws an unreachable
 * DockerError, or the reason of `signal` after an abort.
 */
export type EngineTransport = (request: EngineRequest) => Promise<EngineResponse>
