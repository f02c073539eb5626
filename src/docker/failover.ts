import { isDockerError } from './errors.ts'
import type { EngineTransport } from './transport.ts'

/**
 * Makes one transport of several managers': goes on to the next where a connection can't be made, so that
 * nothing was sent, and stays with the one that answered.
 */
export const failover = (
  transports: readonly [EngineTransport, ...EngineTransport[]],
): EngineTransport => {
  let current = 0
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const transport = transports[current % transports.length] ?? transports[0]
      try {
        return await transport(request)
      } catch (error) {
        const isConnectFailure = isDockerError(error, 'unreachable', 'permission_denied', 'tls')
        if (!isConnectFailure || attempt === transports.length) throw error
        current = (current + 1) % transports.length
      }
    }
  }
}
