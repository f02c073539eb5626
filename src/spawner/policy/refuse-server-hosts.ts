import * as v from 'valibot'
import { NetworkAttachment } from '../../docker/service-spec.ts'
import type { Issue } from '../errors.ts'
import { passesForServerHost } from '../server/server-host.ts'
import { refusedSpec } from '../settings/assemble-spec.ts'
import type { Entry } from '../settings/entries.ts'

const LIKE_OURS =
  'is like the host of a server, which SwarmSpawner alone gives; a name must not end in a hyphen and 30 hex digits'

/** Placeholders of Swarm. Nobody chooses their values, and the policy refuses all other templates. */
const PLACEHOLDERS = /\{\{[^{}]*\}\}/g

/**
 * Throws where a setting asks for a name that looks like the host of a start and is not the host of this one, whoever
 * asks: that server would be sent the requests and tokens of another's users.
 */
export const refuseServerHosts = (entries: readonly Entry[], own?: string): void => {
  const [first] = entries.flatMap((entry) => [
    ...aliasIssues(entry, own),
    ...hostnameIssues(entry, own),
  ])
  if (first) throw refusedSpec([first])
}

/** A value of the wrong type is left for the schema to refuse. */
const aliasIssues = ({ path, value, from }: Entry, own: string | undefined): Issue[] => {
  if (path.join('.') !== 'TaskTemplate.Networks') return []
  const networks = v.safeParse(v.array(NetworkAttachment), value)
  if (!networks.success) return []
  return networks.output.flatMap(({ Aliases = [] }, network) =>
    Aliases.flatMap((alias, index) =>
      alias !== own && passesForServerHost(alias)
        ? [{ path: `${from}.${network}.Aliases.${index}`, message: LIKE_OURS }]
        : [],
    ),
  )
}

/** Docker's DNS has the host name of each container, too. */
const hostnameIssues = ({ path, value, from }: Entry, own: string | undefined): Issue[] => {
  if (path[2] !== 'Hostname' || typeof value !== 'string') return []
  // The slot of a server is 1.
  const name = value.replace(PLACEHOLDERS, '1')
  return name !== own && passesForServerHost(name) ? [{ path: from, message: LIKE_OURS }] : []
}
