/** `npm run docs`: writes every generated page of docs/ anew; `--check` fails where one is not current instead. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectRoot } from '../../deploy/hub/docker-cli.ts'
import { PAGES } from './pages.ts'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

for (const { path, render } of PAGES) {
  const file = join(projectRoot, path)
  const text = await render()
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  if (values.check) {
    console.log(`${path} is not current: npm run docs`)
    process.exitCode = 1
    continue
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(path)
}
