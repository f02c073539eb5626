/** A text that is HTML already. All other texts are escaped when they are put into HTML. */
export type Html = { readonly html: string }

/** What a template may contain. */
type Part = Html | string | number | undefined | readonly Part[]

/** Writes HTML. Values are escaped, unless they are HTML themselves. */
export const html = (texts: TemplateStringsArray, ...parts: Part[]): Html => ({
  html: texts.map((text, index) => text + render(parts[index])).join(''),
})

const render = (part: Part): string => {
  if (part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part))
  return 'html' in part ? part.html : part.map(render).join('')
}

/** A text as HTML, in content and in quoted attributes. */
const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')

/** Makes HTML from prose. Text between backticks becomes code. */
export const prose = (text: string): Html[] =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))

/** Makes HTML from prose in paragraphs, which empty lines separate. */
export const paragraphs = (text: string): Html[] =>
  text.split('\n\n').map((paragraph) => html`<p>${prose(paragraph)}</p>\n`)

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d[\d.e+-]*)/g

/** JSON in colours. */
export const colouredJson = (json: string): Html[] => {
  const parts: Html[] = []
  let end = 0
  for (const match of json.matchAll(TOKEN)) {
    parts.push(html`${json.slice(end, match.index)}`, coloured(match))
    end = match.index + match[0].length
  }
  return [...parts, html`${json.slice(end)}`]
}

const coloured = ([all, text, colon, word]: RegExpExecArray): Html => {
  if (text !== undefined)
    return colon === undefined
      ? html`<i class="s">${text}</i>`
      : html`<i class="k">${text}</i>${colon}`
  return word === undefined ? html`<i class="n">${all}</i>` : html`<i class="w">${all}</i>`
}
