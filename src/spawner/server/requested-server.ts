import type { Placeholders } from '../settings/placeholders.ts'
import type { StartRequest } from '../start-request.ts'
import { escapedName, escapedServerName, legacyEscapedName } from './escaped-name.ts'
import type { ServerLabels } from './labels.ts'
import { serverHost } from './server-host.ts'
import { DEFAULT_PREFIX, ownerHash, serviceName } from './service-name.ts'

/** Where a notebook server listens unless the hub says otherwise. */
const DEFAULT_PORT = 8888
/** JupyterHub's own default of `start_timeout`. */
const DEFAULT_START_TIMEOUT_S = 60

/** The server that a start asks for. */
export type RequestedServer = {
  labels: ServerLabels
  /** The host of this start (`server-host.ts`). */
  host: string
  /** The part of the service's name before the owner's hash. */
  prefix: string
  /** What the placeholders in its settings stand for. */
  placeholders: Placeholders
}

/** Names the server that a start asks for. Throws `invalid_name`. */
export const requestedServer = (hub: string, request: StartRequest): RequestedServer => {
  const { server, config } = request
  const { username, server_name } = server
  const service_prefix = server.service_prefix ?? config.service_prefix ?? undefined
  const name = serviceName({ username, server_name, service_prefix })
  const owner = ownerHash(username)
  const labels: ServerLabels = {
    hub,
    serviceName: name,
    username,
    serverName: server_name,
    spawnId: request.spawn_id,
    issuedAt: request.issued_at,
    port: request.port ?? config.service_port ?? DEFAULT_PORT,
    startTimeoutS: request.start_timeout ?? config.start_timeout ?? DEFAULT_START_TIMEOUT_S,
  }
  return {
    labels,
    host: serverHost(labels),
    prefix: service_prefix ?? DEFAULT_PREFIX,
    placeholders: {
      '{username}': owner,
      '{server_name}': name.slice(name.indexOf(owner) + owner.length + 1),
      '{raw_username}': username,
      '{escaped_username}': escapedName(username),
      '{legacy_escaped_username}': legacyEscapedName(username),
      '{escaped_server_name}': escapedServerName(server_name),
    },
  }
}
