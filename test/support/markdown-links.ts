import { pageAnchors } from '../../docs/site/heading-slug.ts'

/** A link of a page, as it is written there. */
export type Link = { path: string; anchor: string | undefined }

/** The links of a Markdown page to files of the project. */
export const linksIn = (markdown: string): Link[] =>
  [...withoutCode(markdown).matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
    ([, path = '', anchor]) => ({ path, anchor }),
  )

/** The anchors of a page's headings, as GitHub makes them. */
export const anchorsIn = (markdown: string): string[] => {
  const anchorOf = pageAnchors()
  return [...withoutBlocks(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading),
  )
}

const withoutBlocks = (markdown: string): string => markdown.replace(/^```.*?^```$/gms, '')

/** The page without blocks of code, and without code in lines. */
export const withoutCode = (markdown: string): string =>
  withoutBlocks(markdown).replace(/`[^`\n]*`/g, '')
