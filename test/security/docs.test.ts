import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../lab/project-root.ts'

test('the README links to docs/security.md', () => {
  expect(readFileSync(join(projectRoot, 'README.md'), 'utf8')).toContain('(docs/security.md)')
})
