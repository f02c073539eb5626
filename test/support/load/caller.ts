import { Agent, request } from 'undici'
import { signed } from '../test-hub.ts'

/** A hub that calls the service over real HTTP, with any number of connections. */
export type Caller = {
  call: (url: string, verb: string, data: unknown, options?: CallerOptions) => Promise<CallAnswer>
  close: () => Promise<void>
}

export type CallerOptions = { signal?: AbortSignal; headers?: Record<string, string> }

export type CallAnswer = { status: number; text: string }

/** Makes a hub that signs its calls. */
export const createCaller = (): Caller => {
  // Each call has its own connection, as with the hub's class.
  const dispatcher = new Agent({ pipelining: 0, headersTimeout: 0, bodyTimeout: 0 })
  return {
    call: async (url, verb, data, { signal, headers = {} } = {}) => {
      const { body, headers: ofHub } = signed(verb, data)
      const { statusCode, body: stream } = await request(`${url}/${verb}`, {
        dispatcher,
        method: 'POST',
        headers: { ...ofHub, ...headers },
        body,
        ...(signal && { signal }),
      })
      return { status: statusCode, text: await stream.text() }
    },
    close: () => dispatcher.close(),
  }
}
