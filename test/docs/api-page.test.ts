import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { apiPage } from '../../docs/write/api-page.ts'
import { PROBLEMS } from '../../handlers/errors.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { document, operations } from './api-document.ts'

const page = readFileSync(join(projectRoot, 'docs/api/docs.html'), 'utf8')
const hrefs = [...page.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href)
const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id)

describe('the page', () => {
  test('the page of the API has no script, and nothing that a browser would fetch or send', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|form|input|base)\b/i)
    expect(page).not.toMatch(/\s(src|srcset|action|on\w+|style)=/i)
    expect(page).not.toMatch(/url\(|@import|javascript:/i)
  })

  test('the page of the API leads to its own places, to openapi.json, and nowhere else', () => {
    expect(hrefs.length).toBeGreaterThan(30)
    for (const href of hrefs) expect(['openapi.json', ...ids.map((id) => `#${id}`)]).toContain(href)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test.each(operations)('the page of the API has $path', ({ operation }) => {
    expect(ids).toContain(operation.operationId)
    expect(page).toContain(`<p class="summary">${operation.summary}</p>`)
  })

  test.each(Object.keys(PROBLEMS))('the page of the API has the code %s', (code) => {
    expect(page).toContain(`<td><code>${code}</code></td>`)
  })

  test('the page of the API has every field of every call, state, setting and problem', () => {
    const { ServerState, HubConfig, Problem, StartRequest, StopRequest } =
      document.components.schemas
    for (const schema of [ServerState, HubConfig, Problem, StartRequest, StopRequest])
      for (const field of Object.keys(schema?.properties ?? {}))
        expect(page).toContain(`<span class="of"></span>${field}</code>`)
    for (const nested of ['username', 'server_name', 'service_prefix'])
      expect(page).toContain(`<span class="of">servers[].</span>${nested}</code>`)
  })

  test('the page of the API escapes what it shows', () => {
    const evil = '<script>alert("1")</script>'
    const info = {
      ...document.info,
      title: evil,
      summary: evil,
      description: `${evil} \`${evil}\``,
    }
    const html = apiPage({ ...document, info })
    expect(html).not.toContain('<script')
    expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
  })
})
