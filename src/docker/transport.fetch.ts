import { DockerError } from './errors.ts'
import type { EngineTransport } from './transport.ts'

/** The part of WHATWG fetch that we need: the global one, or that of a workerd binding. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Makes a transport from any WHATWG fetch. `base` is the Engine's address, such as `http://10.0.0.1:2375`. */
export const fetchTransport =
  (base: string, fetch: Fetch): EngineTransport =>
  async ({ method, path, headers, body, signal }) => {
    try {
      const response = await fetch(base + path, {
        method,
        signal,
        redirect: 'manual',
        ...(headers && { headers }),
        ...(body !== undefined && { body }),
      })
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        body: response.body ?? NOTHING,
      }
    } catch (cause) {
      // fetch says only "fetch failed", whatever the cause is.
      throw signal.aborted
        ? signal.reason
        : new DockerError('unreachable', `Docker Engine at ${base}: no connection`, { cause })
    }
  }

const NOTHING: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
}
