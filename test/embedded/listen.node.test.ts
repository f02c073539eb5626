import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectDocker } from '../../src/docker/docker.ts'
import { watchEvents } from '../../src/docker/events.ts'
import { createService, listServices } from '../../src/docker/services.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { specOf } from './start-engine.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'embedded-'))
})
afterEach(() => rm(dir, { recursive: true }))

describe('an embedded engine that listens', () => {
  test.each(['unix', 'tcp'])(
    'an embedded engine that listens is reached over %s, its streams too',
    async (kind) => {
      const host = kind === 'unix' ? (`unix://${dir}/d.sock` as const) : 'tcp://127.0.0.1:0'
      const { dockerHost, close } = await listenEmbedded(createEmbeddedEngine(), host)
      const transport = nodeTransport({ host: dockerHost })
      const docker = connectDocker(transport)
      const events = watchEvents(docker)
      const first = events.next()
      await new Promise((resolve) => setTimeout(resolve, 50))
      await createService(docker, { spec: specOf('web') })
      expect((await first).value).toMatchObject({ Action: 'create' })
      await events.return(undefined)
      expect(await listServices(docker)).toHaveLength(1)
      await close()
      await transport.close()
      expect(existsSync(join(dir, 'd.sock'))).toBe(false)
    },
  )

  test('an embedded engine that listens ends also while somebody listens to its events', async () => {
    const { dockerHost, close } = await listenEmbedded(
      createEmbeddedEngine(),
      `unix://${dir}/d.sock`,
    )
    const transport = nodeTransport({ host: dockerHost })
    const first = watchEvents(connectDocker(transport)).next()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await Promise.all([close(), expect(first).rejects.toMatchObject({ code: 'connection_lost' })])
    await transport.close()
  })

  test('an embedded engine that listens replaces a socket that nobody listens on, but never one in use, nor another file', async () => {
    const path = join(dir, 'd.sock')
    const stale = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', stale])
    expect(existsSync(path)).toBe(true)
    const { close } = await listenEmbedded(createEmbeddedEngine(), `unix://${path}`)
    const listenAgain = () => listenEmbedded(createEmbeddedEngine(), `unix://${path}`)
    await expect(listenAgain()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect(existsSync(path)).toBe(true)
    await close()
    await writeFile(path, 'mine')
    await expect(listenAgain()).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
