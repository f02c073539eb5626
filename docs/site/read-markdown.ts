import { Marked, type Token } from 'marked'
import { pageAnchors } from './heading-slug.ts'
import { linkedFile, siteLink } from './site-path.ts'

/** A heading and what stands below it, up to the next heading. */
export type Section = { heading: string; depth: number; anchor: string; html: string }

/** A Markdown file of the project, as the site shows it. */
export type MarkdownPage = {
  file: string
  title: string
  sections: Section[]
  /** Files of the project that the page leads to, or shows. */
  linked: string[]
}

/** Reads a Markdown file. Its links lead to where the site has the files; a directory is no link there. */
export const readMarkdown = (
  file: string,
  text: string,
  isDirectory: (file: string) => boolean,
): MarkdownPage => {
  const linked: string[] = []
  const leadTo = (href: string): string | undefined => {
    const target = linkedFile(file, href)
    if (target !== undefined && isDirectory(target)) return undefined
    if (target !== undefined) linked.push(target)
    return siteLink(file, href)
  }
  const marked = new Marked()
  const tokens = marked.lexer(text)
  void marked.walkTokens(tokens, (token) => redirect(token, leadTo))
  const anchorOf = pageAnchors()
  const sections = bySection(tokens).map(({ heading, content }) => ({
    heading: plainText(marked.parser([{ ...heading, type: 'paragraph' }])),
    depth: heading.depth,
    anchor: anchorOf(heading.text),
    html: marked.parser(content),
  }))
  return { file, title: sections[0]?.heading ?? file, sections, linked }
}

/** Changes where a link, an image or a tag of HTML leads. */
const redirect = (token: Token, leadTo: (href: string) => string | undefined): void => {
  if (token.type === 'link' || token.type === 'image') {
    const href = leadTo(token['href'])
    if (href === undefined) token.type = 'text'
    else token['href'] = href
  }
  if (token.type === 'html')
    token['text'] = token['text'].replace(
      /\b(src|href)="([^"]*)"/g,
      (_: string, name: string, href: string) => `${name}="${leadTo(href) ?? ''}"`,
    )
}

type Cut = { heading: Token & { depth: number; text: string }; content: Token[] }

const bySection = (tokens: readonly Token[]): Cut[] => {
  const cuts: Cut[] = []
  for (const token of tokens) {
    if (token.type === 'heading')
      cuts.push({ heading: { ...token, depth: token['depth'], text: token['text'] }, content: [] })
    else cuts.at(-1)?.content.push(token)
  }
  return cuts
}

const ENTITIES = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
])

/** The words of HTML that marked has written. */
export const plainText = (html: string): string =>
  html
    .replace(/<\/?(?:a|code|del|em|strong)\b[^>]*>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES.get(entity) ?? entity)
    .replace(/\s+/g, ' ')
    .trim()
