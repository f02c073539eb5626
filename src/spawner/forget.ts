import * as v from 'valibot'
import { DockerError } from '../docker/errors.ts'
import { actOf } from './audit.ts'
import { servicesOfUser, whyUnread } from './server/find-server.ts'
import { isIssuedAfter } from './server/issued-after.ts'
import { readLabels } from './server/labels.ts'
import type { Spawner } from './spawner.ts'
import { removeTold } from './told-changes.ts'

/** Whose servers to forget: the one that `server_name` names, or without it all servers of the user. */
export type Forgotten = { username: string; server_name?: string | undefined }

/** The services that were removed, and those that could not be removed, each with the Engine's reason. */
export const ForgetResult = v.object({
  removed: v.array(v.string()),
  failed: v.array(v.object({ service_name: v.string(), reason: v.string() })),
})
export type ForgetResult = v.InferOutput<typeof ForgetResult>

/**
 * Removes the services of a user or server that the hub has deleted, whatever their prefix is. A server that was started after
 * the hub signed the call (`signedAt`, in milliseconds since 1970) stays: it belongs to a newer user of that name. Volumes stay
 * too: they hold data, and a manager cannot reach the nodes where they are.
 */
export const forget = async (
  spawner: Spawner,
  {
    hub,
    server,
    signedAt,
    signal,
  }: { hub: string; server: Forgotten; signedAt?: number | undefined; signal: AbortSignal },
): Promise<ForgetResult> => {
  const { items, unread } = await servicesOfUser(spawner, { hub, server, signal })
  const services = items.filter(({ Spec }) => {
    const labels = readLabels(Spec.Labels)
    const isMeant = server.server_name === undefined || labels?.serverName === server.server_name
    if (labels?.hub !== hub || labels.username !== server.username || !isMeant) return false
    return !isIssuedAfter(labels, signedAt, spawner.now())
  })
  const result: ForgetResult = { removed: [], failed: [] }
  for (const part of unread)
    result.failed.push({ service_name: `a server of ${server.username}`, reason: whyUnread(part) })
  for (const { ID, Spec } of services) {
    const labels = readLabels(Spec.Labels)
    const act = { act: 'forget', ...(labels ? actOf(labels) : { hub }) } as const
    try {
      await removeTold(spawner, { id: ID, act, tellsAll: true, signal })
      result.removed.push(Spec.Name)
    } catch (error) {
      if (!(error instanceof DockerError)) throw error
      result.failed.push({ service_name: Spec.Name, reason: error.message })
    }
  }
  return result
}
