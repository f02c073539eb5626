import { DockerError } from '../docker/errors.ts'
import { removeService } from '../docker/services.ts'
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

/** What was found of a hub, and whether it may be removed. */
export type Survey = {
  /** How many services the hub has in the swarm. */
  services: number
  /** Whether the hub was asked; else only servers that have ended are leftovers. */
  isCompared: boolean
  leftovers: Leftover[]
  /** Why nothing may be removed all the same. */
  doubt: string | undefined
  /** One sentence for each server that could not be looked at. */
  unread: string[]
}

/** Nobody waits for gc, so it may take long. */
const PATIENCE_MS = 120_000

/** What became of a leftover. `gone`: somebody else removed it meanwhile. */
export type Removal = { outcome: 'removed' | 'gone' } | { outcome: 'failed'; reason: string }

/**
 * Finds the services of a hub that nobody needs any more; changes nothing. Throws a HubApiError where the hub can't
 * be asked or does not show everything: what can't be seen is not gone.
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
  // Services first, the hub after them: what started in between is on the hub's list, or not on ours.
  const { seen, unread } = await seeServices(spawner, hub, signal)
  const found = (hubServers?: HubServers) => leftovers(seen, { ...known, hubServers })
  const survey = { services: seen.length, isCompared: hubApi !== undefined, unread }
  if (!hubApi) return { ...survey, leftovers: found(), doubt: undefined }
  await requireScopes(hubApi, signal)
  const listed = await listUsers(hubApi, signal)
  const confirmed = await askAgain(hubApi, { listed, suspects: found(listed), signal })
  const confirmedLeftovers = found(confirmed)
  const doubt = confirmedLeftovers.length > 0 ? doubtOf(seen, confirmed) : undefined
  return { ...survey, leftovers: confirmedLeftovers, doubt }
}

/** Removes a leftover by its id, so that a newer service of the same name is safe. */
export const removeLeftover = async (
  { docker }: Pick<Spawner, 'docker'>,
  { service_id: id }: Leftover,
  signal: AbortSignal,
): Promise<Removal> => {
  try {
    return { outcome: (await removeService(docker, { id, signal })) ? 'removed' : 'gone' }
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    return { outcome: 'failed', reason: error.message }
  }
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

/** Asks for each suspect's user once more, alone: a page of users that is read while one is deleted skips another. */
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
