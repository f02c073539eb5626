import { posix } from 'node:path'

/** Where the site has a file of the project: docs/ at the top, everything else in `project/`. */
export const sitePath = (file: string): string => {
  if (file === 'docs/README.md') return 'index.html'
  const place = file.startsWith('docs/') ? file.slice('docs/'.length) : `project/${file}`
  return place.replace(/\.md$/, '.html')
}

/** The link from one place of the site to another. */
export const linkBetween = (from: string, to: string): string =>
  posix.relative(posix.dirname(from), to)

/** The file of the project that a link of a file leads to. `undefined`: it leads out, or into the same file. */
export const linkedFile = (file: string, href: string): string | undefined => {
  if (/^(?:\w+:|\/\/|#)/.test(href)) return undefined
  return posix.join(posix.dirname(file), href.replace(/[?#].*$/, ''))
}

/** A link of a file of the project as a link of its page in the site. */
export const siteLink = (file: string, href: string): string => {
  const target = linkedFile(file, href)
  if (target === undefined) return href
  const [, anchor = ''] = /(#.*)$/.exec(href) ?? []
  return `${linkBetween(sitePath(file), sitePath(target))}${anchor}`
}
