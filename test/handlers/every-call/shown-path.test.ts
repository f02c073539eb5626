import { describe, expect, test } from 'vitest'
import { shownPath } from '../../../handlers/every-call/shown-path.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { PUSH_SETTINGS, PUSH_TOKENS } from '../../support/push-service.ts'
import { createTestService, problemOf } from '../../support/test-hub.ts'

const TOKEN = PUSH_TOKENS.default

test('a path is shown as it is, but for a push token', () => {
  expect(shownPath('/poll')).toBe('/poll')
  const name = `/servers/jupyter-${'0'.repeat(32)}-1`
  expect(shownPath(name)).toBe(name)
  expect(shownPath(`/image-pushed/${TOKEN}`)).toBe('/image-pushed/:token')
  expect(shownPath('/image-pushed/')).toBe('/image-pushed/')
})

describe('a token at a wrong address', () => {
  const service = createTestService(createSpawner(createEmbeddedEngine().transport), {
    push: PUSH_SETTINGS,
  })
  test.each([
    ['POST', `/image-pushed/${TOKEN}/`],
    ['POST', `/Image-Pushed/${TOKEN}`],
    ['POST', `/images-pushed/${TOKEN}`],
    ['POST', `/${TOKEN}`],
    ['POST', `/hooks/image-pushed/${TOKEN}`],
    ['POST', `/image%2Dpushed/${TOKEN}/more`],
    ['POST', `//image-pushed/${TOKEN}`],
    ['POST', `/image-pushed/${TOKEN}%0a`],
    ['GET', `/image-pushed/${TOKEN}`],
    ['PUT', `/image-pushed/${TOKEN}`],
  ])('%s %s tells the token neither in the log nor in the answer', async (method, path) => {
    service.logged.length = 0
    const response = await service.app.request(path, { method })
    const problem = await problemOf(response)
    expect([401, 404, 405]).toContain(problem.status)
    expect(service.logged).toHaveLength(1)
    expect(JSON.stringify([problem, service.logged])).not.toContain(TOKEN.slice(0, 20))
  })
})

test('the route for registries takes POST', async () => {
  const service = createTestService(createSpawner(createEmbeddedEngine().transport))
  const problem = await problemOf(await service.app.request('/image-pushed/wrong'))
  expect(problem).toMatchObject({ status: 405, detail: '/image-pushed/:token takes POST' })
})
