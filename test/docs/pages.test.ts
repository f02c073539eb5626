import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PAGES } from '../../docs/write/pages.ts'
import { projectRoot } from '../../lab/project-root.ts'

test.each(PAGES)(
  'the page $path is current (npm run docs)',
  async ({ path, render }) => {
    expect(readFileSync(join(projectRoot, path), 'utf8')).toBe(await render())
  },
  // Python reads the settings of the class.
  60_000,
)
