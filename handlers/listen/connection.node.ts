import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A connection and its present use. */
export type Connection = {
  address: string
  /** The decrypted stream. `undefined` until the TLS handshake is over. */
  stream: Socket | undefined
  /** The raw connection below the stream. */
  socket: Socket
  /** The answer to the latest call. */
  answer?: ServerResponse
  /** The number of hubs' calls that are being answered on it. */
  verified: number
}
