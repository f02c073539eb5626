/** `npm run docs:site -- FOLDER`: the documentation as one site with search, in a folder. */

import { resolve } from 'node:path'
import { asksForHelp } from '../../lab/script-options.ts'
import { buildSite } from './build-site.ts'

const USAGE = 'npm run docs:site -- FOLDER   a folder that is new or empty, such as /tmp/docs'

const [folder, ...others] = process.argv.slice(2)
try {
  if (asksForHelp(process.argv.slice(2))) {
    console.log(USAGE)
    process.exit()
  }
  if (folder === undefined || folder.startsWith('-') || others.length > 0) throw new Error(USAGE)
  const pages = buildSite(resolve(folder))
  console.log(`${pages} pages: open ${resolve(folder, 'index.html')}`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
