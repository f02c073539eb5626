import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectRoot } from '../../lab/project-root.ts'
import { plainText } from './read-markdown.ts'
import { readSite, type Site } from './read-site.ts'
import { sitePage } from './site-page.ts'
import { sitePath } from './site-path.ts'

const BROWSER = join(import.meta.dirname, 'browser')

/** Builds the site into an empty or new folder, and returns how many pages it has. It asks nobody. */
export const buildSite = (folder: string): number => {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty: name a new folder, such as /tmp/docs`)
  const site = readSite()
  const titles = new Map(site.pages.map(({ file, title }) => [file, title]))
  const titleOf = (file: string): string => titles.get(file) ?? titleOfHtml(file)
  for (const page of site.pages)
    write(folder, sitePath(page.file), sitePage(page, site.groups, titleOf))
  for (const file of site.files) copy(join(projectRoot, file), join(folder, sitePath(file)))
  for (const file of readdirSync(BROWSER)) copy(join(BROWSER, file), join(folder, file))
  copy(miniSearch(), join(folder, 'minisearch.js'))
  write(folder, 'sections.js', sectionsScript(site))
  return site.pages.length
}

/** What is searched, as a script: a browser fetches no JSON for a page that comes from a folder. */
const sectionsScript = ({ pages }: Site): string => {
  const sections = pages.flatMap(({ file, title, sections }) =>
    sections.map(({ heading, anchor, html }) => ({
      id: `${sitePath(file)}#${anchor}`,
      page: title,
      heading,
      text: plainText(html),
    })),
  )
  return `globalThis.sections = ${JSON.stringify(sections)}\n`
}

/** The file of MiniSearch for browsers, which is no module: those are not loaded from a folder. */
const miniSearch = (): string =>
  fileURLToPath(new URL('../umd/index.js', import.meta.resolve('minisearch')))

/** The title of a file that is no Markdown: that of HTML, else its name. */
const titleOfHtml = (file: string): string => {
  const [, title] =
    /<title>([^<]*)<\/title>/.exec(readFileSync(join(projectRoot, file), 'utf8')) ?? []
  return title ?? file
}

const write = (folder: string, place: string, text: string): void => {
  const file = join(folder, place)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const copy = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}
