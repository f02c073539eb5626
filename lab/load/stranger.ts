import { connect, type Socket } from 'node:net'

/** The headers of a call that somebody has made up who has no secret; the body is still to come. */
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

/** A connection that somebody opened who has no secret, and what was answered on it. */
export type Stranger = {
  socket: Socket
  answer: () => string
  isClosed: () => boolean
}

/** Opens a connection to a service, from another address of the loopback where that is asked for, and writes. */
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
