import { type Html, html } from '../../handlers/status/html.ts'
import type { IndexGroup } from './read-index.ts'
import type { MarkdownPage, Section } from './read-markdown.ts'
import { linkBetween, sitePath } from './site-path.ts'

/** Nothing comes from elsewhere, whatever a page says. */
const RULES = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"

/** A page of the site. `titleOf` names the files of the index. */
export const sitePage = (
  page: MarkdownPage,
  groups: readonly IndexGroup[],
  titleOf: (file: string) => string,
): string => {
  const here = sitePath(page.file)
  const link = (place: string) => linkBetween(here, place)
  return html`<!doctype html>
<html lang="en" data-root="${link('index.html').replace(/index\.html$/, '')}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${RULES}">
<title>${page.title} · SwarmSpawner</title>
<link rel="stylesheet" href="${link('style.css')}">
<script defer src="${link('minisearch.js')}"></script>
<script defer src="${link('sections.js')}"></script>
<script defer src="${link('find-sections.js')}"></script>
<script defer src="${link('search.js')}"></script>
</head>
<body>
<header><div>
<a class="name" href="${link('index.html')}">SwarmSpawner</a>
<search hidden><input type="search" placeholder="Search ( / )" aria-label="Search" autocomplete="off"></search>
<a class="to-pages" href="#pages">Pages</a>
</div></header>
<div class="found" aria-live="polite" hidden></div>
<div class="body">
<main>
${page.sections.map(section)}
</main>
<nav id="pages" aria-label="Pages">
${groups.map(
  ({ title, files }) => html`<b>${title}</b>
<ul>
${files.map((file) => entry(link(sitePath(file)), titleOf(file), file === page.file))}</ul>
`,
)}</nav>
${outline(page)}
</div>
</body>
</html>
`.html
}

const section = ({ heading, depth, anchor, html: content }: Section): Html => ({
  html: `<h${depth} id="${anchor}">${html`<a href="#${anchor}">${heading}</a>`.html}</h${depth}>\n${content}`,
})

const entry = (href: string, title: string, isHere: boolean): Html =>
  isHere
    ? html`<li><a href="${href}" aria-current="page">${title}</a></li>\n`
    : html`<li><a href="${href}">${title}</a></li>\n`

const outline = ({ sections }: MarkdownPage): Html | undefined => {
  const parts = sections.slice(1).filter(({ depth }) => depth <= 2)
  if (parts.length < 2) return undefined
  return html`<nav class="outline" aria-label="On this page">
<b>On this page</b>
<ul>
${parts.map(({ anchor, heading }) => entry(`#${anchor}`, heading, false))}</ul>
</nav>`
}
