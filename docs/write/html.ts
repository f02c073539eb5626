import { type Html, html } from '../../handlers/status/html.ts'

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
