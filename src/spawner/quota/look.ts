import type { Docker } from '../../docker/docker.ts'
import { wholeOf } from '../../docker/list-in-parts.ts'
import { summarizeServices } from '../../docker/services.ts'
import { hubFilter, isOurLabel, serverFilters } from '../server/labels.ts'
import { tasksByService } from '../server/task-watch.ts'
import { serverState } from '../state/server-state.ts'
import { type Place, placesOf } from './place.ts'

/** Lists the places of a hub, or of one of its users: one Engine call. Throws if a part of the list cannot be read: it may hold places. */
export const listPlaces = async (
  docker: Docker,
  { hub, username }: { hub: string; username?: string | undefined },
  signal?: AbortSignal,
): Promise<Place[]> => {
  const label = username === undefined ? [hubFilter(hub)] : serverFilters(hub, { username })
  const listing = await summarizeServices(docker, {
    filters: { label },
    keepsLabel: isOurLabel,
    signal,
  })
  return placesOf(wholeOf(listing)).filter(({ labels }) => labels.hub === hub)
}

/** The places without those of servers that have ended, and whose service the next poll of the hub removes: one Engine call. */
export const withoutEnded = async (
  docker: Docker,
  places: readonly Place[],
  signal?: AbortSignal,
): Promise<Place[]> => {
  const names = places.map(({ labels }) => labels.serviceName)
  const { tasks } = await tasksByService(docker, names, signal)
  return places.filter(({ serviceId, labels }) => {
    const own = tasks.get(labels.serviceName)?.filter(({ ServiceID }) => ServiceID === serviceId)
    const { state } = serverState(labels.serviceName, own ?? [])
    return state !== 'failed' && state !== 'exited'
  })
}
