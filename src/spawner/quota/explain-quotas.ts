import { isDockerError } from '../../docker/errors.ts'
import { unlessAborted } from '../../docker/unless-aborted.ts'
import type { Obstacle } from '../obstacles.ts'
import type { SpecPlan } from '../plan-spec.ts'
import type { Spawner } from '../spawner.ts'
import type { FoundRoom } from '../state/room.ts'
import { applicantOf, exceededBy, exceededByOthers } from './keep-quotas.ts'
import { fullMessage, isNever, whyFull } from './quota-words.ts'
import type { Exceeded } from './tally.ts'

/** What quotas say of a start: the one that keeps it from starting, or why that is not known. */
export type QuotaAnswer = { exceeded: Exceeded | undefined; warnings: string[] }

/**
 * Says which quota has too little left for a server, from a look at the hub's services that all who ask within a second share.
 * Without a quota that counts the server, it asks nothing. `enough` aborts when it was asked for long enough.
 */
export const askQuotas = async (
  spawner: Spawner,
  { quotas, server: { labels }, spec }: Pick<SpecPlan, 'quotas' | 'server' | 'spec'>,
  enough: AbortSignal,
): Promise<QuotaAnswer> => {
  const applicant = applicantOf(quotas, { labels, spec })
  if (!applicant) return answer(undefined)
  const never = exceededBy(applicant, [])
  if (never) return answer(never)
  try {
    const places = await unlessAborted(spawner.quotaLook.places(labels.hub), enough)
    if (!exceededByOthers(applicant, places, spawner.now())) return answer(undefined)
    const living = await unlessAborted(spawner.quotaLook.living(labels.hub), enough)
    return answer(exceededByOthers(applicant, living, spawner.now()))
  } catch (error) {
    if (!isDockerError(error)) throw error
    return { exceeded: undefined, warnings: [`The quotas were not counted: ${error.message}`] }
  }
}

const answer = (exceeded: Exceeded | undefined): QuotaAnswer => ({ exceeded, warnings: [] })

/** What stands in the way by the quotas: a start would be refused. */
export const quotaObstacles = ({ exceeded }: QuotaAnswer): Obstacle[] =>
  exceeded ? [{ from: exceeded.quota.from, reason: whyFull(exceeded) }] : []

/** Adds to what the nodes have room for what the quotas say. `later`: when another server stops. */
export const withQuotas = (found: FoundRoom, { exceeded }: QuotaAnswer): FoundRoom => {
  if (!exceeded || found.fits === 'never') return found
  return {
    fits: isNever(exceeded) ? 'never' : 'later',
    room: { ...found.room, reason: whyFull(exceeded), user_message: fullMessage(exceeded) },
  }
}
