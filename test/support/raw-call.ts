import { connect, type Socket } from 'node:net'
import { signed } from './test-hub.ts'

/** The text of one signed call on a connection. */
export const signedText = (
  verb: string,
  data: unknown,
  headers: Record<string, string> = {},
): string => {
  const { body, headers: ofHub } = signed(verb, data)
  const lines = Object.entries({
    host: 'service',
    'content-length': String(Buffer.byteLength(body)),
    ...ofHub,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST /${verb} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** Sends one signed call over a bare connection, which a test can cut. Resolves when the call is written. */
export const openCall = async (
  url: string,
  verb: string,
  data: unknown,
  headers: Record<string, string> = {},
): Promise<Socket> => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.write(signedText(verb, data, headers))
  return socket
}
