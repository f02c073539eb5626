import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../deploy/hub/docker-cli.ts'

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')

test('the way to docs/security.md is in the README', () => {
  expect(read('README.md')).toContain('(docs/security.md)')
})

test('docs/security.md leads to what there is', () => {
  const links = [...read('docs/security.md').matchAll(/\]\((?!https?:)([^)#]+)/g)]
  expect(links.length).toBeGreaterThan(3)
  for (const [, link = ''] of links) {
    expect([link, existsSync(join(projectRoot, dirname('docs/security.md'), link))]).toEqual([
      link,
      true,
    ])
  }
})

test('docs/security.md speaks of settings that the service and the hub have', () => {
  const known = ['README.md', 'hub/README.md'].map(read).join('\n')
  const names = new Set(read('docs/security.md').match(/\b(SWARMSPAWNER|DOCKER)_[A-Z_]+\b/g))
  expect(names.size).toBeGreaterThan(4)
  for (const name of names) expect(known).toContain(name)
})
