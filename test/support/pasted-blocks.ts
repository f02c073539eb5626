import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../lab/project-root.ts'

/** The lines to paste below a heading of a page, by language. Blocks in lists are without their indentation. */
export const pastedBlocks = (page: string, heading: string, language: string): string[] => {
  const text = readFileSync(join(projectRoot, page), 'utf8')
  const [, after] = text.split(new RegExp(`^#+ ${heading}$`, 'm'))
  if (after === undefined) throw new Error(`${page} has no heading "${heading}"`)
  const [section = ''] = after.split(/^#+ /m)
  const blocks = [...section.matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)]
  return blocks
    .filter(([, , found]) => found === language)
    .map(([, indent = '', , lines = '']) => lines.replaceAll(new RegExp(`^${indent}`, 'gm'), ''))
}
