import { linkedFile } from './site-path.ts'

/** One group of the index, and the files that it names. */
export type IndexGroup = { title: string; files: string[] }

/**
 * Reads the groups of docs/README.md: a line in bold, and a list whose items begin with a link. The site has
 * no other list of its pages.
 */
export const readIndex = (file: string, markdown: string): IndexGroup[] => {
  const groups: IndexGroup[] = []
  for (const line of markdown.split('\n')) {
    const [, title] = /^\*\*(.+)\*\*$/.exec(line) ?? []
    if (title !== undefined) groups.push({ title, files: [] })
    const [, href] = /^- \[[^\]]*\]\(([^)]*)\)/.exec(line) ?? []
    const target = href === undefined ? undefined : linkedFile(file, href)
    if (target !== undefined) groups.at(-1)?.files.push(target)
  }
  return groups
}
