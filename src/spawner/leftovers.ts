import type { ServiceSummary } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import { inWords } from './duration-words.ts'
import { whyTimeIsOver } from './server/ends-at.ts'
import { readLabels, type ServerLabels } from './server/labels.ts'
import { newestTask } from './state/newest-task.ts'
import { serverState } from './state/server-state.ts'
import { hasContainer } from './wait-until-gone.ts'

/** A service and its tasks. `tasks` is undefined when they could not be read. */
export type SeenService = { service: ServiceSummary; tasks: readonly Task[] | undefined }

/** The active servers of a hub: names by user. */
export type HubServers = ReadonlyMap<string, ReadonlySet<string>>

/** A service of a hub that nobody needs any more, with the reason in one sentence. */
export type Leftover = {
  service_id: string
  service_name: string
  username: string
  server_name: string
  created_at: string
  why: string
}

/** What is known when services are judged. Times are in milliseconds. */
type Known = {
  hub: string
  now: number
  /** If there is no hub to ask: how long ago a server must have ended. */
  olderThanMs: number
  /** The hub's servers, read after the services, so that a server that started in between is included. */
  hubServers?: HubServers | undefined
}

/**
 * A service younger than ten minutes is never a leftover. Its start may not be finished, and clocks may differ.
 */
const GRACE_MS = 600_000

/**
 * Picks the services that nobody needs any more: those whose server the hub does not have. If the hub was not
 * asked, it picks those that ended long ago. Services without this hub's labels are never picked.
 */
export const leftovers = (seen: readonly SeenService[], known: Known): Leftover[] =>
  seen.flatMap(({ service, tasks }) => {
    const labels = readLabels(service.Spec.Labels)
    const isOurs = labels?.hub === known.hub && labels.serviceName === service.Spec.Name
    if (!isOurs || isYoung(service, labels, known.now)) return []
    const why =
      whyOverdue(labels, known.now) ??
      (known.hubServers
        ? whyUnowned(labels, known.hubServers)
        : whyFinished({ service, tasks }, known))
    return why === undefined ? [] : [describe(service, labels, why)]
  })

/**
 * Why a hub's answer should not be used; undefined when it should. A hub that knows none of the users is
 * probably not the right hub.
 */
export const doubtOf = (
  seen: readonly SeenService[],
  hubServers: HubServers,
): string | undefined => {
  const users = new Set(seen.map(({ service }) => readLabels(service.Spec.Labels)?.username ?? ''))
  if (users.size === 0 || [...users].some((user) => hubServers.has(user))) return undefined
  return 'the hub that was asked knows none of the users whose servers are in the swarm: is it another hub, or is its database new?'
}

const isYoung = (
  { CreatedAt }: ServiceSummary,
  { startTimeoutS }: ServerLabels,
  now: number,
): boolean =>
  // Written as `!(age >= limit)`, so that an unreadable time (NaN) counts as young and is kept.
  !(now - Date.parse(CreatedAt) >= Math.max(GRACE_MS, startTimeoutS * 1000))

/** A hub that polls has ended it long before, and knows why. */
const whyOverdue = (labels: ServerLabels, now: number): string | undefined =>
  whyTimeIsOver(labels, now - GRACE_MS)?.replace(/^Its/, 'its')

const whyUnowned = (
  { username, serverName }: ServerLabels,
  hubServers: HubServers,
): string | undefined => {
  const own = hubServers.get(username)
  if (!own) return `the hub has no user ${username} any more`
  if (own.has(serverName)) return undefined
  return `${username} has no ${serverName ? `server "${serverName}"` : 'default server'} any more`
}

const whyFinished = (
  { service, tasks }: SeenService,
  { now, olderThanMs }: Known,
): string | undefined => {
  if (!tasks) return undefined
  const newest = newestTask(tasks)
  const sinceMs = now - Date.parse(newest ? newest.Status.Timestamp : service.UpdatedAt)
  if (!(sinceMs >= olderThanMs)) return undefined
  if (!newest) return `${whyTaskless(service)}, and was last changed ${inWords(sinceMs)} ago`
  const { state, reason } = serverState(service.Spec.Name, tasks)
  const hasEnded = (state === 'exited' || state === 'failed') && !tasks.some(hasContainer)
  return hasEnded ? `ended ${inWords(sinceMs)} ago${reason ? `: ${reason}` : ''}` : undefined
}

const whyTaskless = ({ Spec }: ServiceSummary): string =>
  Spec.Mode?.Replicated?.Replicas === 0 ? 'is scaled to 0 replicas' : 'has no task'

const describe = (
  { ID, CreatedAt, Spec }: ServiceSummary,
  { username, serverName }: ServerLabels,
  why: string,
): Leftover => ({
  service_id: ID,
  service_name: Spec.Name,
  username,
  server_name: serverName,
  created_at: CreatedAt,
  why,
})
