import { actOf } from './audit.ts'
import { SpawnError } from './errors.ts'
import { findServer, isOf } from './server/find-server.ts'
import { isIssuedAfter } from './server/issued-after.ts'
import { readLabels } from './server/labels.ts'
import type { ServerKey } from './server/server-key.ts'
import { serviceName } from './server/service-name.ts'
import type { Spawner } from './spawner.ts'
import { absent, type ServerState } from './state/server-state.ts'
import { removeTold } from './told-changes.ts'
import { LEAVING_MS, timeToStop, waitUntilGone } from './wait-until-gone.ts'

export type StopOptions = {
  hub: string
  server: ServerKey
  /** Removes only this spawn. `undefined`: removes whatever spawn is there. */
  spawnId?: string | undefined
  /** When the hub signed the stop, in milliseconds since 1970. Without `spawnId`, a server that was started later stays (`superseded`). */
  signedAt?: number | undefined
  /** Returns as soon as the service is removed, without waiting for its container. */
  now?: boolean | undefined
  signal: AbortSignal
  /** Aborted when this process is about to stop: ends the wait for the container. */
  shutdown?: AbortSignal | undefined
}

/** Removes the service of a server and waits until its container is gone. Answers `absent`, also when there was no service. */
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
  if (service) {
    const image = service.Spec.TaskTemplate.ContainerSpec?.Image
    const act = {
      act: 'stop',
      ...(labels ? actOf(labels) : { hub }),
      service: name,
      image,
    } as const
    await removeTold(spawner, { id: service.ID, act, signal })
  }
  if (now) return absent(name)
  const isGone = await waitUntilGone(spawner, {
    serviceName: name,
    isMeant: ({ DesiredState, Spec }) =>
      DesiredState === 'remove' && isOf(readLabels(Spec.ContainerSpec?.Labels), hub, server),
    timeoutMs: service ? timeToStop(service) : LEAVING_MS,
    signal,
    enough: shutdown,
  })
  return absent(name, isGone ? null : 'The service is removed; its node has not confirmed the end')
}

/** Removes the service of a spawn whose id an earlier poll has seen, in one Engine call. Says whether the service was there. */
const removeKnown = async (
  spawner: Spawner,
  {
    hub,
    server,
    spawnId,
    signal,
  }: Required<Pick<StopOptions, 'hub' | 'server' | 'signal'>> & { spawnId: string },
): Promise<boolean> => {
  const id = spawner.knownServices.find({ hub, server, spawnId })
  if (id === undefined) return false
  const { username, server_name } = server
  const named = { username, server_name, service: serviceName(server) }
  const act = { act: 'stop', hub, ...named, spawn_id: spawnId } as const
  return removeTold(spawner, { id, act, signal })
}
