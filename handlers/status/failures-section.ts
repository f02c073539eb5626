import { table, told } from './frame.ts'
import { type Html, html } from './html.ts'
import type { Failure, Recent } from './recent.ts'
import { ago, why } from './servers-section.ts'

/** 50: who needs more reads the log. */
const MOST_FAILURES = 50

/** What failed lately, as far as this copy of the service knows. */
export const failuresSection = (recent: Recent | undefined, nowMs: number): Html => {
  const failures = recent?.failures() ?? []
  const shown = failures.slice(0, MOST_FAILURES)
  return html`<section aria-labelledby="failures"><h2 id="failures">Recent failures</h2>
<p>${recent ? OWN : NO_MEMORY}</p>
${
  shown.length > 0
    ? table(
        'Recent failures',
        HEADS,
        shown.map((failure) => rowOf(failure, nowMs)),
      )
    : undefined
}
${recent && shown.length === 0 ? html`<p>None.</p>` : undefined}
${failures.length > shown.length ? html`<p>And ${failures.length - shown.length} more.</p>` : undefined}
</section>`
}

const OWN =
  'Only what this copy of the service has seen since its start: the newest failure of each server. Other copies have seen others, and the log has all.'
const NO_MEMORY =
  'On this platform each call is a process of its own, which remembers nothing. The log of the service has all failures.'

const HEADS = ['When', 'User', 'Server', 'Hub', 'What', 'Image', 'Node', 'Why']

const rowOf = (failure: Failure, nowMs: number) => [
  ago(failure.atMs, nowMs),
  told(failure.username),
  told(failure.server_name || '-'),
  told(failure.hub),
  told(failure.outcome),
  told(failure.image.replace(/@sha256:.*/s, '') || '-', 200),
  told(failure.node || '-'),
  why(failure.reason, failure.advice),
]
