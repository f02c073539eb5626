import type { Socket } from 'node:net'

/**
 * Joins two connections: each gets what the other sends, including its end. When one breaks, both are closed.
 */
export function joinSockets(one: Socket, other: Socket): void {
  one.pipe(other)
  other.pipe(one)
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.setNoDelay()
    // Errors mean that an end has gone; close follows, and tells the other one.
    socket.on('error', () => {})
    socket.on('close', () => peer.destroy())
  }
}
