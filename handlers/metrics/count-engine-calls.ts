import { isDockerError } from '../../src/docker/errors.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { nameOfCall } from './engine-call.ts'

/** What happened to one call to the Engine. `seconds` are those until the headers of the answer. */
export type EngineCall = { call: string; result: string; seconds: number }

/** Wraps a transport, and tells what becomes of each call. */
export const watchEngine =
  (transport: EngineTransport, tell: (call: EngineCall) => void): EngineTransport =>
  async (request) => {
    const begun = performance.now()
    const end = (result: string) =>
      tell({ call: nameOfCall(request), result, seconds: (performance.now() - begun) / 1000 })
    try {
      const response = await transport(request)
      end(response.status < 400 ? 'ok' : `${response.status < 500 ? 4 : 5}xx`)
      return response
    } catch (error) {
      if (isDockerError(error)) end(error.code)
      else end(request.signal.aborted ? 'aborted' : 'error')
      throw error
    }
  }
