import type { EngineTransport } from '../src/docker/transport.ts'

type CallCounter = {
  transport: EngineTransport
  /**
   * How often each call was made since the last reset, such as `GET /tasks`. Names have no API version, ids or
   * query.
   */
  counts: () => Map<string, number>
  reset: () => void
}

/** Wraps a transport and counts the calls that go through it. */
export const countCalls = (transport: EngineTransport): CallCounter => {
  const calls: string[] = []
  return {
    transport: (request) => {
      calls.push(`${request.method} ${/^(?:\/v[\d.]+)?(\/[a-z_]+)/.exec(request.path)?.[1]}`)
      return transport(request)
    },
    counts: () =>
      new Map([...Map.groupBy(calls, (call) => call)].map(([call, { length }]) => [call, length])),
    reset: () => {
      calls.length = 0
    },
  }
}
