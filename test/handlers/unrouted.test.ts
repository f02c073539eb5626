import { describe, expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { PUSH_TOKENS } from '../support/push-service.ts'
import { ADMIN_TOKEN, createTestService, problemOf } from '../support/test-hub.ts'

const service = createTestService(createSpawner(createEmbeddedEngine().transport))
const routes = service.app.routes.filter(({ method }) => method !== 'ALL')
const paths = [...new Set(routes.map(({ path }) => path))]

describe('a method that a path does not take', () => {
  test.each(paths)('%s names those that it takes, to anybody', async (pattern) => {
    const own = [...new Set(routes.flatMap((one) => (one.path === pattern ? [one.method] : [])))]
    const takes = own.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    const path = pattern.replace(/:\w+/g, PUSH_TOKENS.default)
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      if (takes.includes(method)) continue
      for (const authorization of ['', `Bearer ${ADMIN_TOKEN}`]) {
        const response = await service.app.request(path, { method, headers: { authorization } })
        expect(response.headers.get('allow')).toBe(takes.join(', '))
        expect(response.status).toBe(405)
        if (method === 'HEAD') continue
        const problem = await problemOf(response)
        expect(problem.code).toBe('method_not_allowed')
        expect(problem.detail).toContain(`takes ${own.join(' and ')}`)
        expect(problem.detail).not.toContain(PUSH_TOKENS.default)
      }
    }
    expect(JSON.stringify(service.logged)).not.toContain(PUSH_TOKENS.default)
  })
})

test.each([
  ['/nothing'],
  ['//servers'],
  ['/servers//'],
  ['/servers//logs'],
  ['/servers/a/logs/b'],
  ['/image-pushed'],
  ['/image-pushed/a/b'],
  ['/start/x'],
  ['/constructor'],
])('%s is no path, whatever the method', async (path) => {
  for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
    const response = await service.app.request(path, { method })
    expect(await problemOf(response)).toMatchObject({ status: 404, code: 'no_such_route' })
    expect(response.headers.get('allow')).toBeNull()
  }
})
