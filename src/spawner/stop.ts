import { removeService } from '../docker/services.ts'
import { SpawnError } from './errors.ts'
import { timeToStop, waitUntilGone } from './remove-server.ts'
import { findServer, isOf } from './server/find-server.ts'
import { isIssuedAfter } from './server/issued-after.ts'
import { readLabels } from './server/labels.ts'
import type { ServerKey } from './server/server-key.ts'
import { serviceName } from './server/service-name.ts'
import type { Spawner } from './spawner.ts'
import { absent, type ServerState } from './state/server-state.ts'

/** How long a container of a service that is gone already may take: the grace period is not known any more. */
const LEAVING_MS = 30_000

export type StopOptions = {
  hub: string
  server: ServerKey
  /** Remove this spawn only, not a newer one. */
  spawnId?: string | undefined
  /** When the hub said so, in milliseconds: without a spawn, one of later is not meant (`superseded`). */
  signedAt?: number | undefined
  /** Don't wait for the container to be gone. */
  now?: boolean | undefined
  signal: AbortSignal
  /** Aborted when this process is about to stop: what is removed is not waited for any longer. */
  shutdown?: AbortSignal | undefined
}

/** Removes a server's service and waits for its container to be gone; `absent` also where there was nothing. */
export const stop = async (
  spawner: Spawner,
  { hub, server, spawnId, signedAt, now = false, signal, shutdown }: StopOptions,
): Promise<ServerState> => {
  if (
    now &&
    spawnId !== undefined &&
    (await removeKnown(spawner, { hub, server, spawnId, signal }))
  )
    return absent(serviceName(server))
  const service = await findServer(spawner, { hub, server, signal })
  const name = service?.Spec.Name ?? serviceName(server)
  const labels = readLabels(service?.Spec.Labels)
  if (service && spawnId !== undefined && labels?.spawnId !== spawnId)
    return absent(name, 'A newer start of this server holds the name')
  if (labels && spawnId === undefined && isIssuedAfter(labels, signedAt, spawner.now()))
    throw new SpawnError(
      'superseded',
      `${name}: this stop was signed before the server's start; was it sent again, or is the hub's clock behind?`,
    )
  if (service) await removeService(spawner.docker, { id: service.ID, signal })
  if (now) return absent(name)
  const isGone = await waitUntilGone(spawner, {
    serviceName: name,
    isMeant: ({ DesiredState, Spec }) =>
      DesiredState === 'remove' && isOf(readLabels(Spec.ContainerSpec?.Labels), hub, server),
    timeoutMs: service ? timeToStop(service) : LEAVING_MS,
    signal,
    waitOver: shutdown,
  })
  return absent(name, isGone ? null : 'The service is removed; its node has not confirmed the end')
}

/** Removes the service of a spawn without a look at it, where an earlier poll has seen it; says whether it was there. */
const removeKnown = async (
  { docker, knownServices }: Spawner,
  {
    hub,
    server,
    spawnId,
    signal,
  }: Required<Pick<StopOptions, 'hub' | 'server' | 'signal'>> & { spawnId: string },
): Promise<boolean> => {
  const id = knownServices.find({ hub, server, spawnId })
  return id !== undefined && removeService(docker, { id, signal })
}
