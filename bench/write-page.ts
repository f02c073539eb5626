import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../lab/project-root.ts'

const PAGE = 'docs/performance.md'

/** Puts the output of a command into docs/performance.md, between two comments that name the command. */
export const writePage = (command: string, output: string): void => {
  const path = join(projectRoot, PAGE)
  writeFileSync(path, withOutput(readFileSync(path, 'utf8'), command, output))
}

/** The page with an output between `<!-- command -->` and `<!-- end of command -->`. */
export const withOutput = (page: string, command: string, output: string): string => {
  const [begin, end] = [`<!-- ${command} -->`, `<!-- end of ${command} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from)
    throw new Error(`${PAGE} needs the lines ${begin} and ${end}, in that order`)
  return `${page.slice(0, from + begin.length)}\n\n${output}\n\n${page.slice(to)}`
}
