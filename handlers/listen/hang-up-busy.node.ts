import { problemOf, RETRY_AFTER_S, RequestError } from '../errors.ts'
import type { Connection } from './connection.node.ts'

/**
 * Closes a connection. If no part of an answer was sent, the caller first gets the answer that the service is
 * busy.
 */
export const hangUpBusy = ({ stream, socket, answer }: Connection): void => {
  const isIdle = answer?.writableFinished === true
  const isAnswering = answer?.headersSent === true && !isIdle
  if (!stream?.writable || stream.writableLength > 0 || isAnswering) {
    socket.destroy()
    return
  }
  if (!isIdle) stream.write(busyAnswer())
  stream.destroySoon()
}

const busyAnswer = (): string => {
  const problem = problemOf(new RequestError('busy', 'Too many connections are open'))
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} Service Unavailable`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `retry-after: ${RETRY_AFTER_S}`,
    'connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
