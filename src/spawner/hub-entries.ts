import { AS_THE_HUB } from './policy/judge-context.ts'
import type { Verdict } from './policy/judge-entry.ts'
import { type ServerLabels, writeLabels } from './server/labels.ts'
import { CONTAINER, type Entry } from './settings/entries.ts'
import { readEnvironment } from './settings/environment.ts'
import type { StartRequest } from './start-request.ts'

/** The entries that only the hub may write: the service's name, our labels, and the hub's environment. */
export const hubEntries = (labels: ServerLabels, { env }: StartRequest): Entry[] => [
  { path: ['Name'], value: labels.serviceName, from: 'hub' },
  ...Object.entries(writeLabels(labels)).flatMap(([label, value]) => [
    { path: ['Labels', label], value, from: 'hub' },
    // The tasks carry the labels too, so that a list of tasks is enough to know whose they are.
    { path: [...CONTAINER, 'Labels', label], value, from: 'hub' },
  ]),
  // The hub puts names and options of users into its environment, so an Engine template in it is plain text.
  ...readEnvironment(env, 'env', { asText: true }),
]

/** The hub's entries without the variables that the user changes; the policy has to allow each change. */
export const withoutChanged = (
  ofHub: readonly Entry[],
  user: readonly Entry[],
  verdicts: readonly Verdict[],
): Entry[] => {
  const unchanged = new Set(
    verdicts.flatMap(({ from, verdict, rule }) =>
      verdict === 'refused' || rule === AS_THE_HUB.rule ? [from] : [],
    ),
  )
  const changed = user.filter(({ path, from }) => path[2] === 'Env' && !unchanged.has(from))
  const names = new Set(changed.map(({ path }) => path[3]))
  return ofHub.filter(({ path }) => path[2] !== 'Env' || !names.has(path[3]))
}
