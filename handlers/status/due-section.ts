import { inWords, secondsInWords } from '../../src/spawner/duration-words.ts'
import type { SeenPull } from '../../src/spawner/images/seen-pulls.ts'
import { table, told } from './frame.ts'
import { type Html, html } from './html.ts'
import type { GcLook, Recent, Rounds } from './recent.ts'
import { ago, why } from './servers-section.ts'

/** 50 images; `swarmspawner images` lists all. */
const MOST_PULLS = 50

/** What is due: images that nodes shall have, and leftovers. `pulls` is undefined if the Engine cannot be asked. */
export const dueSection = (
  pulls: readonly SeenPull[] | undefined,
  {
    rounds,
    recent,
    nowMs,
  }: { rounds: Rounds | undefined; recent: Recent | undefined; nowMs: number },
): Html => html`<section aria-labelledby="due"><h2 id="due">What is due</h2>
<h3>Images for all nodes</h3>
<p>${pullWords(rounds)}</p>
${pulls && pullTable(pulls, nowMs)}
<h3>Leftovers</h3>
<p>${gcWords(rounds)}</p>
${looks(recent?.looks() ?? [], nowMs)}
</section>`

const pullWords = (rounds: Rounds | undefined): string => {
  if (!rounds) return 'The clock of the platform decides when nodes are looked at again.'
  const { pullEveryMs } = rounds
  return pullEveryMs === undefined
    ? 'This copy does not look whether nodes lack images (SWARMSPAWNER_PULL_EVERY).'
    : `This copy looks every ${lengthOf(pullEveryMs)} whether nodes lack images.`
}

const pullTable = (pulls: readonly SeenPull[], nowMs: number): Html => {
  if (pulls.length === 0) return html`<p>No image is due.</p>`
  const left = pulls.length - MOST_PULLS
  const sorted = pulls.toSorted((one, other) => rank(one) - rank(other))
  return html`${table(
    'Images that are due',
    PULL_HEADS,
    sorted.slice(0, MOST_PULLS).map((pull) => pullRow(pull, nowMs)),
  )}
${left > 0 ? html`<p>And ${left} more.</p>` : undefined}`
}

/** What is not yet everywhere comes first. */
const rank = ({ nodes: { failed, downloading, waiting } }: SeenPull): number => {
  if (failed) return 0
  return downloading || waiting ? 1 : 2
}

const PULL_HEADS = ['Image', 'Hub', 'Asked by', 'Due since', 'Nodes', 'Why']

const pullRow = ({ image, hub, source, since, nodes, reason }: SeenPull, nowMs: number) => [
  told(image, 200),
  told(hub),
  told(source),
  ago(Date.parse(since), nowMs),
  Object.entries(nodes)
    .map(([state, count]) => `${state} on ${count}`)
    .join(', '),
  why(reason ?? '', ''),
]

const gcWords = (rounds: Rounds | undefined): string => {
  if (!rounds) return 'The clock of the platform decides when gc looks. Its log has what gc found.'
  const { gcEveryMs, gcAction } = rounds
  if (gcEveryMs === undefined)
    return 'This copy does not look for leftovers (SWARMSPAWNER_GC_EVERY); "swarmspawner gc" does.'
  const told =
    gcAction === 'remove' ? 'and removes them' : 'and only lists them in its log (SWARMSPAWNER_GC)'
  return `This copy looks for leftovers every ${lengthOf(gcEveryMs)}, ${told}.`
}

const looks = (seen: readonly GcLook[], nowMs: number): Html | undefined =>
  seen.length === 0
    ? undefined
    : table(
        'What gc found when this copy last looked',
        ['Hub', 'Last look', 'Found'],
        seen.map(({ hub, atMs, counts }) => [told(hub), ago(atMs, nowMs), foundWords(counts)]),
      )

const foundWords = (counts: GcLook['counts']): string =>
  counts
    ? `${counts.listed + counts.failed} due, ${counts.removed} removed, ${counts.failed} not removable`
    : 'gc could not look; the log says why'

const lengthOf = (ms: number): string => (ms < 120_000 ? secondsInWords(ms / 1000) : inWords(ms))
