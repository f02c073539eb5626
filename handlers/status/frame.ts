import { printable } from '../../src/spawner/errors.ts'
import { sha256Base64 } from '../../src/spawner/server/digest.ts'
import { type Html, html } from './html.ts'
import { STYLE } from './style.ts'

/**
 * The headers of the page: it has no scripts, loads nothing, sends its forms only to itself, and is shown in no frame. Its style is
 * the only one, whatever a text of somebody else says.
 */
export const pageHeaders = (): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${sha256Base64(STYLE)}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  // With no-referrer, a browser does not say which site a form is from.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
})

/** A whole page around its content. */
export const frame = (title: string, ...content: readonly (Html | undefined)[]): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} - SwarmSpawner</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<div class="frame">
${content}
</div>
</body>
</html>
`.html

/** A text of somebody else, which may be long, or written from right to left. */
export const told = (text: string, most = 100): Html =>
  html`<bdi>${printable(text, most)}${text.length > most ? '…' : ''}</bdi>`

/** A table. The roles are for browsers that forget them where a style shows a table as blocks. */
export const table = (
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly (Html | string)[])[],
): Html => html`<table role="table"><caption class="unseen">${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((cells) => html`<tr role="row">${cells.map((cell, nth) => html`<td role="cell" data-label="${heads[nth]}">${cell}</td>`)}</tr>\n`)}</tbody></table>
`
