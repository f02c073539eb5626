import * as v from 'valibot'
import { NetworkAttachment } from '../../docker/service-spec.ts'
import type { Issue } from '../errors.ts'
import { passesForServerHost } from '../server/server-host.ts'
import { refusedSpec } from '../settings/assemble-spec.ts'
import type { Entry } from '../settings/entries.ts'

const LIKE_OURS =
  'looks like the host of a server, and only SwarmSpawner gives such names; a name must not end in a hyphen and 30 hex digits'

/** Swarm's placeholders. Nobody chooses their values, and the policy refuses all other templates. */
const PLACEHOLDERS = /\{\{[^{}]*\}\}/g

/**
 * Throws when a setting asks for a name that looks like the host of another start, whoever asks. A server with
 * such a name would receive the requests and tokens of another user's server.
 */
export const refuseServerHosts = (entries: readonly Entry[], own?: string): void => {
  const [first] = entries.flatMap((entry) => [
    ...aliasIssues(entry, own),
    ...hostnameIssues(entry, own),
  ])
  if (first) throw refusedSpec([first])
}

/** The issues of aliases. A value of the wrong type has none; the schema refuses it later. */
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

/** The issues of a host name. Docker's DNS has the host name of each container as well. */
const hostnameIssues = ({ path, value, from }: Entry, own: string | undefined): Issue[] => {
  if (path[2] !== 'Hostname' || typeof value !== 'string') return []
  // A server's service has one task, in slot 1.
  const name = value.replace(PLACEHOLDERS, '1')
  return name !== own && passesForServerHost(name) ? [{ path: from, message: LIKE_OURS }] : []
}
