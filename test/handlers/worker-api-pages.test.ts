import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { API_PAGES } from '../../handlers/api-pages.node.ts'
import { startEdge } from '../support/start-edge.ts'
import { ADMIN_TOKEN, problemOf, signed } from '../support/test-hub.ts'

// The real workerd, with the project's wrangler.toml: what it serves as assets, and what still is the worker's.

let edge: Awaited<ReturnType<typeof startEdge>>
beforeAll(async () => {
  edge = await startEdge()
}, 60_000)
afterAll(() => edge?.close())

const ask = (...request: Parameters<typeof edge.ask>) => edge.ask(...request)

test.each(API_PAGES)(
  'the page $path is the same on workerd as on Node.js',
  async ({ path, file, headers }) => {
    const response = await ask(path, { redirect: 'manual' })
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject(headers)
    const text = readFileSync(new URL(`../../docs/api/${file}`, import.meta.url), 'utf8')
    expect(await response.text()).toBe(text)
  },
)

describe('the worker still has', () => {
  test.each(['/health', '/ready'])('the worker still answers GET %s', async (path) => {
    expect((await ask(path)).status).toBe(200)
  })

  test.each(['start', 'poll', 'stop', 'forget', 'explain'])(
    'the worker still answers POST /%s',
    async (verb) => {
      const problem = await problemOf(await ask(`/${verb}`, signed(verb, {})))
      expect(problem.code).toBe('invalid_request')
    },
  )

  test.each(['/nosuch', '/_headers', '/docs/nosuch', '/openapi'])(
    'the worker still answers a path that does not exist: %s',
    async (path) => {
      expect(await problemOf(await ask(path))).toMatchObject({ code: 'no_such_route' })
    },
  )
})

test('the status page of the worker opens by its form, and says what it cannot tell there', async () => {
  const form = { method: 'POST', body: `token=${ADMIN_TOKEN}`, redirect: 'manual' } as const
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const signedIn = await ask('/', { ...form, headers })
  expect(signedIn.status).toBe(303)
  const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';', 1)
  const page = await (await ask('/', { headers: { cookie } })).text()
  expect(page).toContain('<h2 id="nodes">')
  expect(page).toContain('each call is a process of its own, which remembers nothing')
  expect(await (await ask('/')).text()).toContain('type="password"')
})

test('a call that is sent to a page of the worker is refused', async () => {
  const response = await ask('/docs', { method: 'POST', body: '{}' })
  expect(response.status).toBe(405)
})
