import * as v from 'valibot'
import { expect, test } from 'vitest'
import { explain } from '../../../src/spawner/explain.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'
import { digestOf, registryEngine, tells } from '../../support/registry-engine.ts'
import { createTestService, send } from '../../support/test-hub.ts'

/** The embedded engine, whose registry has the image only for ARM. */
const spawnerOf = () => {
  const { says, spawner } = registryEngine()
  says.registry = tells(digestOf('a'), 'linux/arm64')
  return spawner
}
const config = { container_spec: { image: 'r.example/lab/arm:1' }, networks: ['jupyterhub'] }
const request = { server: { username: 'alice' }, config }

test('an image for other processors is told before the start, and where it is configured', async () => {
  const { signal } = new AbortController()
  const asked = v.parse(StartRequest, request)
  const { would_start, obstacles } = await explain(spawnerOf(), 'default', asked, signal)
  expect(would_start).toBe(false)
  expect(obstacles).toEqual([
    { from: 'container_spec.image', reason: 'no node can run linux/arm64' },
  ])
})

test('a start with an image for other processors fails with the advice, and leaves nothing', async () => {
  const spawner = spawnerOf()
  const started = await send(createTestService(spawner), 'start', { ...request, wait_s: 30 })
  expect(await started.json()).toMatchObject({
    state: 'failed',
    reason: 'no suitable node (unsupported platform on 1 node)',
    advice: 'The image is for another kind of processor than the nodes have',
    user_message: expect.stringContaining('for another kind of computer'),
  })
})
