import { connect, type Socket } from 'node:net'

/** The headers of a call that somebody without a secret has made up. The body follows later. */
export const headOfStranger = (path: string, ...lines: string[]): string =>
  [
    `POST ${path} HTTP/1.1`,
    'host: service',
    'webhook-id: msg_stranger',
    `webhook-timestamp: ${Math.floor(Date.now() / 1000)}`,
    `webhook-signature: v1,${'A'.repeat(43)}=`,
    ...lines,
    '',
    '',
  ].join('\r\n')

/** A connection of somebody without a secret, and the answer on it. */
export type Stranger = {
  socket: Socket
  answer: () => string
  isClosed: () => boolean
}

/** Opens a connection to a service, from any address of the loopback, and writes a text. */
export const openStranger = (url: string, text = '', localAddress = '127.0.0.1'): Stranger => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), localAddress })
  let [answer, isClosed] = ['', false]
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
  })
  if (text) socket.write(text)
  return { socket, answer: () => answer, isClosed: () => isClosed }
}
