import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../lab/project-root.ts'
import { type IndexGroup, readIndex } from './read-index.ts'
import { type MarkdownPage, readMarkdown } from './read-markdown.ts'

const INDEX = 'docs/README.md'

/** What the site consists of. `files` are copied as they are. */
export type Site = { groups: IndexGroup[]; pages: MarkdownPage[]; files: string[] }

/** Reads the index, and every file of the project that it leads to, directly or through other pages. */
export const readSite = (): Site => {
  const pages = new Map<string, MarkdownPage>()
  const files = new Set<string>()
  const waiting = [INDEX]
  for (const file of waiting) {
    if (pages.has(file) || files.has(file)) continue
    if (!file.endsWith('.md')) {
      files.add(file)
      continue
    }
    const page = readMarkdown(file, read(file), isDirectory)
    pages.set(file, page)
    waiting.push(...page.linked)
  }
  return { groups: readIndex(INDEX, read(INDEX)), pages: [...pages.values()], files: [...files] }
}

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')

const isDirectory = (file: string): boolean => statSync(join(projectRoot, file)).isDirectory()
