import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { HUB_ENVIRONMENT, stackEnvironment } from '../../docs/write/environment.ts'
import { ENVIRONMENT } from '../../handlers/settings/variables.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { anchorsIn, linksIn, withoutCode } from '../support/markdown-links.ts'

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')
const inDocs = globSync('docs/**/*', { cwd: projectRoot })
const docs = inDocs.filter((file) => file.endsWith('.md'))
const pages = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'hub/README.md', ...docs]

test.each(pages)('every link of %s leads to what there is', (page) => {
  for (const { path, anchor } of linksIn(read(page))) {
    const target = path === '' ? page : join(dirname(page), path)
    expect([page, target, existsSync(join(projectRoot, target))]).toEqual([page, target, true])
    if (anchor === undefined) continue
    expect({ page, target, anchors: anchorsIn(read(target)) }).toEqual({
      page,
      target,
      anchors: expect.arrayContaining([anchor]),
    })
  }
})

const TAGS = ['picture', 'source', 'img']

test.each(pages)('nothing in %s looks like a tag, and would vanish', (page) => {
  const found = [...withoutCode(read(page)).matchAll(/(?<!\\)<\/?([a-z][\w-]*)/gi)]
  expect(found.map(([, name]) => name).filter((name) => !TAGS.includes(name ?? ''))).toEqual([])
})

test('every page of docs/ is in its index', () => {
  const named = linksIn(read('docs/README.md')).map(({ path }) => join('docs', path))
  const others = inDocs.filter(
    (file) => /\.(md|html|json)$/.test(file) && file !== 'docs/README.md',
  )
  expect(others.length).toBeGreaterThan(8)
  for (const page of others) expect(named).toContain(page)
})

// development.md has the variables of the tests as well.
/** Swarm sets these in containers: one for each kind of generic resource. */
const OF_SWARM = 'DOCKER_RESOURCE_GPU'

const forAdmins = [...docs.filter((page) => page !== 'docs/development.md'), 'hub/README.md']

test.each(forAdmins)('%s names only variables that are read', (page) => {
  const variables = ENVIRONMENT.flatMap((group) => group.variables)
  const known = new Set(
    [...variables, ...HUB_ENVIRONMENT, ...stackEnvironment(read('deploy/stack.yml'))].map(
      ({ name }) => name,
    ),
  )
  const names = read(page).match(/\b(?:SWARMSPAWNER|DOCKER)(?:_[A-Z]+)+\b/g) ?? []
  for (const name of names.filter((name) => name !== OF_SWARM))
    expect([...known]).toContain(name.replace(/_FILE$/, ''))
})

test('a link that leads out of the project, or stands in code, is not followed', () => {
  const page = '[a](https://x.org) `[b](c)` [d](e.md#f) [g](#h)\n```\n[i](j)\n```\n'
  expect(linksIn(page)).toEqual([
    { path: 'e.md', anchor: 'f' },
    { path: '', anchor: 'h' },
  ])
})

test('a heading has the same anchor as on GitHub', () => {
  const page =
    "# The Engine can't be asked\n## `a_b`, and [c](d)\n## Twice\n## Twice\n```\n# no\n```\n"
  expect(anchorsIn(page)).toEqual(['the-engine-cant-be-asked', 'a_b-and-c', 'twice', 'twice-1'])
})
