import * as v from 'valibot'
import { NetworkAttachment } from '../../docker/service-spec.ts'
import type { Entry } from '../settings/entries.ts'
import { isOfOtherHub } from './hub-names.ts'
import type { Verdict } from './judge-entry.ts'

/** The server that is asked for, and the hubs of the service. */
type Naming = { hub: string; hubs: readonly string[]; serviceName: string; prefix: string }

const OF_HUB = "not allowed: a name that begins with another hub's name belongs to that hub"
const OF_SERVER = "not allowed: the name looks like that of another server's service"

/**
 * Judges the names by which others would find a server: the prefix of its service's name, and the names that
 * its networks and its container add in Docker's DNS. No hub may use another hub's names, whatever the policy
 * lists. Returns only refusals.
 */
export const judgeServerNames = (naming: Naming, entries: readonly Entry[]): Verdict[] => [
  ...(isOfOtherHub(naming.prefix, naming.hub, naming.hubs)
    ? [refusal(['Name'], 'service_prefix', `${OF_HUB}; use the hub's own name, "${naming.hub}"`)]
    : []),
  ...entries.flatMap((entry) =>
    namesIn(entry).flatMap(({ name, from }) => {
      const why = whyOther(name, naming)
      return why === undefined ? [] : [refusal(entry.path, from, why)]
    }),
  ),
]

const refusal = (path: readonly string[], from: string, rule: string): Verdict => ({
  path: path.join('.'),
  from,
  verdict: 'refused',
  rule,
})

const whyOther = (name: string, { hub, hubs, serviceName }: Naming): string | undefined => {
  if (name.toLowerCase() === serviceName.toLowerCase()) return undefined
  if (isOfOtherHub(name, hub, hubs)) return OF_HUB
  return /[-_][0-9a-f]{32}[-_]/i.test(name) ? OF_SERVER : undefined
}

/** The names in an entry. A value of the wrong type has none; the schema refuses it later. */
const namesIn = ({ path, value, from }: Entry): { name: string; from: string }[] => {
  if (path[2] === 'Hostname' && typeof value === 'string') return [{ name: value, from }]
  if (path.join('.') !== 'TaskTemplate.Networks') return []
  const networks = v.safeParse(v.array(NetworkAttachment), value)
  if (!networks.success) return []
  return networks.output.flatMap(({ Aliases = [] }, network) =>
    Aliases.map((name, index) => ({ name, from: `${from}.${network}.Aliases.${index}` })),
  )
}
