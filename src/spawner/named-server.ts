import { findServiceSummary, type ServiceSummary } from '../docker/services.ts'
import { describeServers, type ListedServer, withService } from './list-servers.ts'
import { poll } from './poll.ts'
import { isOurLabel, readLabels, type ServerLabels } from './server/labels.ts'
import type { ServerKey } from './server/server-key.ts'
import { ownerHash, serviceName } from './server/service-name.ts'
import type { Spawner } from './spawner.ts'

/** What Swarm accepts as the name of a service. */
const NAME = /^[a-zA-Z0-9_-]{1,63}$/

/** Finds the service of a server of any hub by its exact name. Undefined if there is none, or if it is not ours. */
export const findNamed = async (
  { docker }: Pick<Spawner, 'docker'>,
  name: string,
  signal: AbortSignal,
): Promise<ServiceSummary | undefined> => {
  if (!NAME.test(name)) return undefined
  const service = await findServiceSummary(docker, { id: name, keepsLabel: isOurLabel, signal })
  return service?.Spec.Name === name && readLabels(service.Spec.Labels) ? service : undefined
}

/** Says all that a poll would say of the server with this service, and changes nothing. Undefined if there is none. */
export const namedServer = async (
  spawner: Spawner,
  name: string,
  signal: AbortSignal,
): Promise<ListedServer | undefined> => {
  const service = await findNamed(spawner, name, signal)
  const labels = readLabels(service?.Spec.Labels)
  if (!service || !labels) return undefined
  const server = keyOf(labels, name)
  // Labels that do not fit the name are not of our making. A poll would find another service.
  if (!server) return (await describeServers(spawner, [service], signal))[0]
  const polled = { hub: labels.hub, servers: [server], keepsEnded: true, signal }
  const [state] = await poll(spawner, polled)
  return state && state.state !== 'absent' ? withService(state, service) : undefined
}

/** The server of a service, with the prefix that its name has. */
const keyOf = ({ username, serverName }: ServerLabels, name: string): ServerKey | undefined => {
  const end = name.indexOf(`-${ownerHash(username)}-`)
  if (end <= 0) return undefined
  const server = { username, server_name: serverName, service_prefix: name.slice(0, end) }
  return serviceName(server) === name ? server : undefined
}
