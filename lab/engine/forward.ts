/**
 * `node forward.ts <unix socket> <host> <port>`: passes every connection at the socket on to the host and port.
 * A socket's file is visible in every network namespace, so this program is the end inside of one; see
 * forward-port.ts. It prints when it listens.
 */
import { connect, createServer } from 'node:net'
import { joinSockets } from './join-sockets.ts'

const [path = '', host = '', port = ''] = process.argv.slice(2)

createServer({ allowHalfOpen: true }, (socket) => {
  joinSockets(socket, connect({ host, port: Number(port), allowHalfOpen: true }))
}).listen(path, () => process.stdout.write('listening\n'))
