/** `npm run docs`: writes every generated page again, and prints which have changed. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectRoot } from '../../lab/project-root.ts'
import { scriptOptions } from '../../lab/script-options.ts'
import { PAGES } from './pages.ts'

scriptOptions('npm run docs   writes the pages that are made from the code. It has no options', {})

for (const { path, render } of PAGES) {
  const file = join(projectRoot, path)
  const text = await render()
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(path)
}
