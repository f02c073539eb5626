import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildSite } from '../../../docs/site/build-site.ts'
import { sitePath } from '../../../docs/site/site-path.ts'
import { projectRoot } from '../../../lab/project-root.ts'
import { anchorsIn, linksIn } from '../../support/markdown-links.ts'

const folder = mkdtempSync(join(tmpdir(), 'swarmspawner-site-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeAll(() => {
  buildSite(folder)
})

const filesOf = (pattern: string) => globSync(pattern, { cwd: folder })
const built = (place: string) => readFileSync(join(folder, place), 'utf8')
const source = (file: string) => readFileSync(join(projectRoot, file), 'utf8')
const valuesOf = (html: string, pattern: RegExp) =>
  [...html.matchAll(pattern)].map(([, value = '']) => value)
const idsOf = (html: string) => valuesOf(html, / id="([^"]*)"/g)
const pages = () => filesOf('**/*.html').filter((place) => place !== 'api/docs.html')
const markdown = globSync('docs/**/*.md', { cwd: projectRoot })

test('the site has every page of docs/, with every heading under the anchor that a forge gives it', () => {
  expect(markdown.length).toBeGreaterThan(20)
  for (const file of [...markdown, 'README.md', 'ARCHITECTURE.md', 'hub/README.md'])
    expect([file, idsOf(built(sitePath(file)))]).toEqual([
      file,
      expect.arrayContaining(anchorsIn(source(file))),
    ])
})

test('every link inside the site leads to a file, and to an anchor that the file has', () => {
  let followed = 0
  for (const place of filesOf('**/*.html'))
    for (const href of valuesOf(built(place), /(?:href|src)="([^"]*)"/g)) {
      if (/^https?:/.test(href)) continue
      followed++
      const [path = '', anchor] = href.split('#')
      const target = path === '' ? place : posix.join(posix.dirname(place), path)
      expect([place, href, filesOf(target)]).toEqual([place, href, [target]])
      if (anchor !== undefined)
        expect({ place, href, ids: idsOf(built(target)) }).toEqual({
          place,
          href,
          ids: expect.arrayContaining([decodeURIComponent(anchor)]),
        })
    }
  expect(followed).toBeGreaterThan(1000)
})

test('the sidebar of every page has the pages of docs/README.md, in its order', () => {
  const listed = source('docs/README.md')
    .split('\n')
    .filter((line) => line.startsWith('- '))
  const files = listed.map((line) => posix.join('docs', linksIn(line)[0]?.path ?? ''))
  expect(files.length).toBeGreaterThan(20)
  for (const place of pages()) {
    const [, sidebar = ''] = /<nav id="pages".*?>(.*?)<\/nav>/s.exec(built(place)) ?? []
    const targets = valuesOf(sidebar, /href="([^"]*)"/g)
    expect([place, targets.map((href) => posix.join(posix.dirname(place), href))]).toEqual([
      place,
      files.map(sitePath),
    ])
  }
})

describe('no request to anywhere', () => {
  test('every script, style and image of a page is a file of the site', () => {
    for (const place of pages()) {
      const html = built(place)
      const loaded = [
        ...valuesOf(html, /<(?:script|img|source|iframe|video)\b[^>]*\bsrc(?:set)?="([^"]*)"/g),
        ...valuesOf(html, /<link\b[^>]*\bhref="([^"]*)"/g),
      ]
      expect(loaded.length).toBeGreaterThanOrEqual(5)
      for (const href of loaded)
        expect([place, href, filesOf(posix.join(posix.dirname(place), href)).length]).toEqual([
          place,
          href,
          1,
        ])
    }
    for (const style of filesOf('**/*.{css,svg}'))
      expect([style, built(style).match(/url\((?!#)|@import|@font-face|<image|<use/)]).toEqual([
        style,
        null,
      ])
  })

  test('a page forbids everything else, and has no script in itself', () => {
    for (const place of pages()) {
      const html = built(place)
      expect(html).toContain(
        `content="default-src &#39;none&#39;; script-src &#39;self&#39;; style-src &#39;self&#39;; img-src &#39;self&#39;"`,
      )
      expect(html).not.toMatch(/<script(?![^>]* src=)|<style|<[^>]+\s(?:style|on\w+)="/)
    }
  })
})

describe('search', () => {
  const Hits = v.array(v.object({ id: v.string(), heading: v.string(), excerpt: v.string() }))
  const context = createContext({ query: '' })
  beforeAll(() => {
    for (const file of ['minisearch.js', 'sections.js', 'find-sections.js'])
      runInContext(built(file), context)
  })
  const search = (query: string) => {
    context['query'] = query
    const found: unknown = JSON.parse(runInContext('JSON.stringify(findSections(query))', context))
    return v.parse(Hits, found)
  }

  test.each([
    ['quotas', 'policy.html#quotas'],
    ['quota_exceeded', 'reference/errors.html'],
    ['start_timeout', 'reference/settings.html'],
    ['move dockerspawner', 'move.html'],
    ['profils', 'profiles.html'],
  ])('%s finds %s among the first five', (query, id) => {
    const hits = search(query).slice(0, 5)
    expect(hits.map((hit) => hit.id.slice(0, id.length))).toContain(id)
  })

  test('a section that is found has the words in its excerpt, and is a place of the site', () => {
    for (const { id, excerpt } of search('memory_swap')) {
      const [place = '', anchor = ''] = id.split('#')
      expect(idsOf(built(place))).toContain(anchor)
      expect(excerpt.length).toBeLessThan(260)
    }
    expect(search('memory_swap')[0]?.excerpt).toContain('memory_swap')
  })

  test('what no page has is not found', () => {
    expect(search('xyzzyplugh')).toEqual([])
  })
})

test('a folder with something in it is not overwritten', () => {
  expect(() => buildSite(folder)).toThrow('is not empty: name a new folder')
})

test('npm run docs:site asks for a folder if none is named', () => {
  const { status, stderr } = spawnSync(process.execPath, ['docs/site/run.ts'], {
    cwd: projectRoot,
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([1, expect.stringContaining('npm run docs:site -- FOLDER')])
})
