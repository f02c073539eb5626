import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../deploy/hub/docker-cli.ts'
import { PAGES } from '../../docs/write/pages.ts'

test.each(PAGES)('$path is current (npm run docs)', async ({ path, render }) => {
  expect(readFileSync(join(projectRoot, path), 'utf8')).toBe(await render())
})
