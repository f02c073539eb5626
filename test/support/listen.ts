import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Lets a server listen on a free port of the loopback until the end of the test. Returns `host:port`. */
export const listenOnPort = async (server: Server): Promise<string> => {
  endWithTest(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening on a port')
  return `${address.address}:${address.port}`
}

/** Lets a server listen on a unix socket until the end of the test. Returns the path. */
export const listenOnSocket = async (server: Server): Promise<string> => {
  endWithTest(server)
  const path = join(temporaryDirectory(), 'docker.sock')
  server.listen(path)
  await once(server, 'listening')
  return path
}

/** A directory that is removed after the test. */
export const temporaryDirectory = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'swarmspawner-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const endWithTest = (server: Server): void => {
  const sockets = new Set<{ destroy: () => void }>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
}
