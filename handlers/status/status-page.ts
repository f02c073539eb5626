import type { Overview } from '../../src/spawner/overview.ts'
import { countLine } from '../../src/spawner/overview-words.ts'
import type { Problem } from '../errors.ts'
import { dueSection } from './due-section.ts'
import { failuresSection } from './failures-section.ts'
import { frame, told } from './frame.ts'
import { type Html, html } from './html.ts'
import { nodesSection } from './nodes-section.ts'
import type { Recent, Rounds } from './recent.ts'
import type { StatusQuery } from './search.ts'
import { serversSection } from './servers-section.ts'

/** What the page is made of. */
export type Status = {
  /** What the swarm has, or why it could not be asked. */
  seen: { overview: Overview } | { problem: Problem }
  query: StatusQuery
  hubs: readonly string[]
  recent: Recent | undefined
  rounds: Rounds | undefined
  nowMs: number
}

/** The page for people who are signed in. */
export const statusPage = ({ seen, query, hubs, recent, rounds, nowMs }: Status): string => {
  const overview = 'overview' in seen ? seen.overview : undefined
  return frame(
    'Status',
    heading(nowMs),
    html`<main id="main" tabindex="-1">`,
    'problem' in seen ? engineTrouble(seen.problem) : undefined,
    overview && html`<p class="lead">${countLine(overview.servers, overview.nodes)}</p>`,
    overview && serversSection(overview.servers, { query, hubs, nowMs }),
    overview && nodesSection(overview.nodes),
    failuresSection(recent, nowMs),
    dueSection(overview?.pulls, { rounds, recent, nowMs }),
    html`</main><footer>Nothing here changes by itself: load the page again to see what is new.</footer>`,
  )
}

const heading = (nowMs: number): Html => {
  const time = new Date(nowMs).toISOString()
  return html`<header><div><h1>SwarmSpawner</h1><p class="soft">As of <time datetime="${time}">${time.slice(0, 19).replace('T', ' ')} UTC</time></p></div>
<form method="post"><button name="sign-out" value="1">Sign out</button></form></header>`
}

const engineTrouble = ({ title, detail, advice }: Problem): Html =>
  html`<div class="trouble" role="alert"><p><strong>${title}: the Docker Engine cannot be asked for nodes and servers.</strong></p>
<p>${told(detail, 1000)}</p>
<p class="advice">${advice === undefined ? WHAT_TO_DO : told(advice, 500)}</p></div>`

const WHAT_TO_DO =
  'Servers that run go on, but none can be started or stopped until the Engine answers. On a manager, "docker node ls" must work; "swarmspawner doctor" says what is wrong.'
