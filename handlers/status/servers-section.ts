import { ageOf } from '../../src/spawner/amount-words.ts'
import { printable } from '../../src/spawner/errors.ts'
import type { SeenServer } from '../../src/spawner/overview.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { table, told } from './frame.ts'
import { type Html, html } from './html.ts'
import { queryOf, type StatusQuery, search } from './search.ts'

/** The servers that were asked for, with the form that asks. */
export const serversSection = (
  servers: readonly SeenServer[],
  { query, hubs, nowMs }: { query: StatusQuery; hubs: readonly string[]; nowMs: number },
): Html => {
  const { found, shown: rows, left } = search(servers, query)
  return html`<section aria-labelledby="servers"><h2 id="servers">Servers</h2>
${searchForm(query, hubs)}
<p>${found.length} of ${servers.length} servers${found.length > rows.length ? `, ${rows.length} on this page` : ''}. Those that need a look come first.</p>
${
  rows.length > 0
    ? table(
        'Servers',
        HEADS,
        rows.map((server) => rowOf(server, nowMs)),
      )
    : undefined
}
${pages(query, left)}
</section>`
}

const HEADS = ['State', 'User', 'Server', 'Hub', 'Image', 'Node', 'Since', 'Why']

const rowOf = ({ labels, state, image, since }: SeenServer, nowMs: number) => [
  stateOf(state.state),
  told(labels.username),
  told(labels.serverName || '-'),
  told(labels.hub),
  told((labels.image ?? image).replace(/@sha256:.*/s, '') || '-', 200),
  told(state.task?.node ?? '-'),
  ago(Date.parse(since), nowMs),
  why(state.reason ?? '', state.advice ?? ''),
]

/** The state of a server or node, in its colour and in words. */
export const stateOf = (state: string): Html =>
  html`<span class="state ${/^[a-z]{1,20}$/.test(state) ? state : ''}">${told(state)}</span>`

/** How long ago a time was. A time that cannot be read is `-`. */
export const ago = (ms: number, nowMs: number): Html => {
  if (!(Math.abs(ms) < MOST_MS)) return html`-`
  const time = new Date(ms).toISOString()
  return html`<time datetime="${time}" title="${time}">${ageOf(time, nowMs)}</time>`
}

/** The last moment that a Date can name. */
const MOST_MS = 8.64e15

/** A reason, and what an admin can do about it. */
export const why = (reason: string, advice: string): Html | string => {
  if (reason === '' && advice === '') return ''
  return html`<p>${told(reason, 500)}</p>${advice === '' ? undefined : html`<p class="advice">${told(advice, 500)}</p>`}`
}

const searchForm = (
  query: StatusQuery,
  hubs: readonly string[],
): Html => html`<form role="search" aria-label="Servers">
${choice('hub', 'Hub', shown(query.hub), [...new Set([...hubs, shown(query.hub)])])}
<label>User<input name="user" value="${shown(query.user)}" autocomplete="off" maxlength="255"></label>
${choice('state', 'State', query.state, ServerState.entries.state.options)}
<label>Node<input name="node" value="${shown(query.node)}" autocomplete="off" maxlength="255"></label>
<button>Show</button>
</form>`

/** What was asked for, as a form can show it. */
const shown = (text: string): string => printable(text, 255)

const choice = (name: string, label: string, chosen: string, values: readonly string[]): Html =>
  html`<label>${label}<select name="${name}"><option value="">all</option>${values
    .filter((value) => value !== '')
    .map((value) =>
      value === chosen ? html`<option selected>${value}</option>` : html`<option>${value}</option>`,
    )}</select></label>`

const pages = (query: StatusQuery, left: number): Html | undefined => {
  const before =
    query.page > 1
      ? html`<a rel="prev" href="${queryOf(query, query.page - 1)}">Previous page</a> `
      : undefined
  const after =
    left > 0
      ? html`<a rel="next" href="${queryOf(query, query.page + 1)}">Next page</a>, and ${left} more`
      : undefined
  if (!before && !after) return undefined
  return html`<nav aria-label="Pages of servers"><p>${before}${after}</p></nav>`
}
