import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { LogEntry } from '../../handlers/every-call/log.ts'
import { serveFromEnv } from '../../handlers/node.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { SECRETS } from '../support/test-hub.ts'

const serveAt = async (host: string) => {
  const logged: LogEntry[] = []
  const env = { DOCKER_HOST: host, SWARMSPAWNER_SECRET: SECRETS.default, PORT: '0' }
  const service = await serveFromEnv(env, (entry) => void logged.push(entry))
  return { service, logged }
}

test('without an Engine, the service says so once, goes on, and says when the Engine is there', async () => {
  const host = `unix://${join(temporaryDirectory(), 'e.sock')}` as const
  const { service, logged } = await serveAt(host)
  onTestFinished(service.close)
  await expect.poll(() => logged, { timeout: 4000 }).toHaveLength(1)
  expect(logged[0]).toMatchObject({ level: 'warn', code: 'engine_unreachable' })
  expect(logged[0]?.message).toContain(
    `The Docker Engine at ${host} can't be used yet. Start it, or`,
  )
  expect((await fetch(`${service.url}/health`)).status).toBe(200)
  // Two more looks say nothing new.
  await new Promise((resolve) => setTimeout(resolve, 4500))
  expect(logged).toHaveLength(1)
  const engine = await listenEmbedded(createEmbeddedEngine(), host)
  onTestFinished(engine.close)
  await expect.poll(() => logged, { timeout: 5000 }).toHaveLength(2)
  expect(logged[1]).toEqual({
    level: 'info',
    message: `The Docker Engine at ${host} can be used now`,
  })
}, 20_000)

test('with an Engine, the service says nothing of it', async () => {
  const host = `unix://${join(temporaryDirectory(), 'e.sock')}` as const
  const engine = await listenEmbedded(createEmbeddedEngine(), host)
  onTestFinished(engine.close)
  const { service, logged } = await serveAt(host)
  await new Promise((resolve) => setTimeout(resolve, 500))
  await service.close()
  expect(logged).toEqual([])
})

test('a service that is stopped while it waits for its Engine ends at once', async () => {
  const { service } = await serveAt(`unix://${join(temporaryDirectory(), 'e.sock')}`)
  const begun = performance.now()
  await service.close()
  expect(performance.now() - begun).toBeLessThan(1500)
})
