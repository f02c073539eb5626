/** A link of a page, as it is written there. */
export type Link = { path: string; anchor: string | undefined }

/** The links of a Markdown page to files of the project. */
export const linksIn = (markdown: string): Link[] =>
  [...withoutCode(markdown).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
    ([, path = '', anchor]) => ({ path, anchor }),
  )

/** The anchors of a page's headings, as GitHub makes them. */
export const anchorsIn = (markdown: string): string[] => {
  const times = new Map<string, number>()
  return [...withoutBlocks(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const slug = slugOf(heading)
    const before = times.get(slug) ?? 0
    times.set(slug, before + 1)
    return before === 0 ? slug : `${slug}-${before}`
  })
}

const slugOf = (heading: string): string =>
  heading
    .trim()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

const withoutBlocks = (markdown: string): string => markdown.replace(/^```.*?^```$/gms, '')

const withoutCode = (markdown: string): string => withoutBlocks(markdown).replace(/`[^`\n]*`/g, '')
