import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A connection, and what it is used for at the moment. */
export type Connection = {
  address: string
  /** The stream for text. `undefined` until the TLS handshake is over. */
  stream: Socket | undefined
  /** The raw connection below it. */
  socket: Socket
  /** The answer to the latest call. */
  answer?: ServerResponse
  /** How many calls of hubs are being answered on it. */
  verified: number
}
