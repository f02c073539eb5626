import { DockerError } from '../docker/errors.ts'
import type { HubApi } from '../hub-api/request.ts'
import { findUser, listUsers, requireScopes } from '../hub-api/users.ts'
import {
  doubtOf,
  type HubServers,
  type Leftover,
  leftovers,
  type SeenService,
} from './leftovers.ts'
import { servicesOfHub, whyUnread } from './server/find-server.ts'
import { tasksByService } from './server/task-watch.ts'
import type { Spawner } from './spawner.ts'
import { removeTold } from './told-changes.ts'

/** The services of a hub that were found, and whether any may be removed. */
export type Survey = {
  hub: string
  /** The number of the hub's services in the swarm. */
  services: number
  /** Whether the hub was asked. If not, only servers that have ended count as leftovers. */
  isCompared: boolean
  leftovers: Leftover[]
  /** Why nothing may be removed, although there are leftovers. */
  doubt: string | undefined
  /** One sentence for each server that could not be read. */
  unread: string[]
}

/** 2 minutes: nobody waits for gc, so a large list may take long. */
const PATIENCE_MS = 120_000

/** What happened to a leftover. `gone` means that somebody else removed it in the meantime. */
type Removal = { outcome: 'removed' | 'gone' } | { outcome: 'failed'; reason: string }

/**
 * Finds the services of a hub that nobody needs any more. It changes nothing. Throws a HubApiError when the hub
 * cannot be asked or does not show everything, because a server that we cannot see may still be needed.
 */
export const findLeftovers = async (
  spawner: Spawner,
  {
    hub,
    hubApi,
    olderThanMs,
    signal,
  }: { hub: string; hubApi: HubApi | undefined; olderThanMs: number; signal: AbortSignal },
): Promise<Survey> => {
  const known = { hub, now: spawner.now(), olderThanMs }
  // We read the services first and the hub after them. So a server that starts in between is on the hub's list.
  const { seen, unread } = await seeServices(spawner, hub, signal)
  const found = (hubServers?: HubServers) => leftovers(seen, { ...known, hubServers })
  const survey = { hub, services: seen.length, isCompared: hubApi !== undefined, unread }
  if (!hubApi) return { ...survey, leftovers: found(), doubt: undefined }
  await requireScopes(hubApi, signal)
  const listed = await listUsers(hubApi, signal)
  const confirmed = await askAgain(hubApi, { listed, suspects: found(listed), signal })
  const confirmedLeftovers = found(confirmed)
  const doubt = confirmedLeftovers.length > 0 ? doubtOf(seen, confirmed) : undefined
  return { ...survey, leftovers: confirmedLeftovers, doubt }
}

/** Removes a leftover by its service id, so that a newer service with the same name is safe, and tells of it. */
export const removeLeftover = async (
  spawner: Pick<Spawner, 'docker' | 'audit'>,
  { service_id: id, service_name: service, why: reason, ...leftover }: Leftover & { hub?: string },
  signal: AbortSignal,
): Promise<Removal> => {
  const { hub, username, server_name } = leftover
  const act = { act: 'gc', hub, username, server_name, service, reason } as const
  try {
    const wasThere = await removeTold(spawner, { id, act, tellsAll: true, signal })
    return { outcome: wasThere ? 'removed' : 'gone' }
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    return { outcome: 'failed', reason: error.message }
  }
}

/** A leftover, and what was done with it. `listed`: nothing. */
export type Cleared = Leftover & (Removal | { outcome: 'listed' })

/** Goes through the leftovers of a survey and removes each one if `isRemoving`; removes none if there is a doubt. */
export async function* clearLeftovers(
  spawner: Pick<Spawner, 'docker' | 'audit'>,
  { hub, leftovers, doubt }: Survey,
  { isRemoving, signal }: { isRemoving: boolean; signal: AbortSignal },
): AsyncGenerator<Cleared> {
  for (const leftover of leftovers)
    if (isRemoving && doubt === undefined)
      yield { ...leftover, ...(await removeLeftover(spawner, { ...leftover, hub }, signal)) }
    else yield { ...leftover, outcome: 'listed' }
}

const seeServices = async (
  { docker }: Spawner,
  hub: string,
  signal: AbortSignal,
): Promise<{ seen: SeenService[]; unread: string[] }> => {
  const listing = await servicesOfHub({ docker }, hub, { signal, patienceMs: PATIENCE_MS })
  const names = listing.items.map(({ Spec }) => Spec.Name)
  const { tasks, troubles } = await tasksByService(docker, names, signal)
  const seen = listing.items.map((service): SeenService => {
    if (troubles.has(service.Spec.Name)) return { service, tasks: undefined }
    const named = tasks.get(service.Spec.Name) ?? []
    return { service, tasks: named.filter(({ ServiceID }) => ServiceID === service.ID) }
  })
  const hidden = [...troubles].map(([name, { message }]) => `the tasks of ${name}: ${message}`)
  return { seen, unread: [...listing.unread.map(whyUnread), ...hidden] }
}

/**
 * Asks the hub once more for the user of each suspect, one by one. If a user is deleted while pages are read,
 * the pages skip another user.
 */
const askAgain = async (
  hubApi: HubApi,
  {
    listed,
    suspects,
    signal,
  }: { listed: HubServers; suspects: readonly Leftover[]; signal: AbortSignal },
): Promise<HubServers> => {
  const users = new Map(listed)
  for (const name of new Set(suspects.map(({ username }) => username))) {
    const servers = await findUser(hubApi, name, signal)
    if (servers) users.set(name, servers)
    else users.delete(name)
  }
  return users
}
