/**
 * `node forward.ts <unix socket> <host> <port>`: lets through every connection to the socket. A socket's file is seen
 * from every network namespace, so this is the end that stands inside one; see forward-port.ts. It says when it listens.
 */
import { connect, createServer } from 'node:net'
import { joinSockets } from './join-sockets.ts'

const [path = '', host = '', port = ''] = process.argv.slice(2)

createServer({ allowHalfOpen: true }, (socket) => {
  joinSockets(socket, connect({ host, port: Number(port), allowHalfOpen: true }))
}).listen(path, () => process.stdout.write('listening\n'))
