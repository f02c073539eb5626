/**
 * `node gate-inside.ts <address> <port> <unix socket>`: passes every connection at the address on to the socket. A
 * socket's file is visible in every network namespace, so this program is the end inside of one; see open-gate.ts. It
 * prints when it listens.
 */
import { connect, createServer } from 'node:net'
import { joinSockets } from './join-sockets.ts'

const [address = '', port = '', path = ''] = process.argv.slice(2)

createServer({ allowHalfOpen: true }, (socket) => {
  joinSockets(socket, connect({ path, allowHalfOpen: true }))
}).listen(Number(port), address, () => process.stdout.write('listening\n'))
