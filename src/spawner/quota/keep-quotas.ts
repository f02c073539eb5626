import type { BuiltSpec } from '../build-spec.ts'
import { SpawnError } from '../errors.ts'
import type { ServerLabels } from '../server/labels.ts'
import { sleep } from '../sleep.ts'
import type { Spawner } from '../spawner.ts'
import type { Amounts } from '../state/amounts.ts'
import { type AppliedQuota, type QuotasInForce, quotasFor } from './applied-quotas.ts'
import { likelyToStay } from './likely-to-stay.ts'
import { listPlaces, withoutEnded } from './look.ts'
import { isBefore, type Place } from './place.ts'
import { fullMessage, heldBy, whyFull } from './quota-words.ts'
import { createTally, type Exceeded, takenBy } from './tally.ts'

/** A server that asks for a place, and the quotas that count it. */
export type Applicant = {
  inForce: QuotasInForce
  quotas: readonly AppliedQuota[]
  labels: ServerLabels
  taken: Amounts
}

/** What a server asks for. Undefined if no quota counts it. */
export const applicantOf = (
  inForce: QuotasInForce,
  { labels, spec }: Pick<BuiltSpec, 'labels' | 'spec'>,
): Applicant | undefined => {
  const quotas = quotasFor(labels, inForce)
  if (quotas.length === 0) return undefined
  return { inForce, quotas, labels, taken: takenBy(spec.TaskTemplate.Resources) }
}

/** Whose services have to be counted. The other users of the hub are no matter of a quota for one. */
const countedFor = ({ quotas, labels: { hub, username } }: Applicant) =>
  quotas.every(({ of }) => of === 'user') ? { hub, username } : { hub }

/** The first quota that has too little left beside some places. */
export const exceededBy = (
  { inForce, quotas, taken }: Applicant,
  places: readonly Place[],
): Exceeded | undefined => {
  const tally = createTally()
  for (const place of places) tally.add(quotasFor(place.labels, inForce), place.taken)
  return tally.exceeded(quotas, taken)
}

/** The first quota that has too little left for a server that is not created yet, beside the places of others that will stay. */
export const exceededByOthers = (
  applicant: Applicant,
  places: readonly Place[],
  nowMs: number,
): Exceeded | undefined => {
  const { inForce, labels } = applicant
  // A start removes the older service of its own name.
  const others = places.filter((place) => place.labels.serviceName !== labels.serviceName)
  return exceededBy(applicant, likelyToStay(others, { inForce, nowMs }))
}

/** Throws `quota_exceeded` if the quotas have no place for a server that is not created yet. Returns the ids of services that are there. */
export const requirePlace = async (
  spawner: Spawner,
  applicant: Applicant,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  const { labels } = applicant
  // What is larger than a quota costs no call.
  const never = exceededBy(applicant, [])
  if (never) throw full(applicant, never, [])
  const places = await listPlaces(spawner.docker, countedFor(applicant), signal)
  const isOwn = (place: Place) => place.labels.serviceName === labels.serviceName
  const seen = new Set(places.filter((place) => !isOwn(place)).map(({ serviceId }) => serviceId))
  // A call that comes again finds its own service, which `keepPlace` looks after.
  if (places.some((place) => isOwn(place) && place.labels.spawnId === labels.spawnId)) return seen
  if (!exceededByOthers(applicant, places, spawner.now())) return seen
  const living = await withoutEnded(spawner.docker, places, signal)
  const exceeded = exceededByOthers(applicant, living, spawner.now())
  if (exceeded) throw full(applicant, exceeded, living)
  return seen
}

/** 3 s: the longest that a start waits for others that have no place, and are about to remove their services. */
const PATIENCE_MS = 3000
const PAUSE_MS = 200

/**
 * Counts again after a service was created, because other copies may have created others. Only services that were created before it
 * count, so of too many the newest go. Throws `quota_exceeded` if there is no place for it; the caller removes it.
 */
export const keepPlace = async (
  spawner: Spawner,
  applicant: Applicant,
  {
    serviceId,
    seen,
    signal,
  }: { serviceId: string; seen: ReadonlySet<string>; signal: AbortSignal },
): Promise<void> => {
  const { inForce } = applicant
  const begun = performance.now()
  for (;;) {
    const places = await listPlaces(spawner.docker, countedFor(applicant), signal)
    const own = places.find((place) => place.serviceId === serviceId)
    // Somebody has removed it, which its tasks tell.
    if (!own) return
    const before = places.filter(
      (place) => place !== own && (seen.has(place.serviceId) || isBefore(place, own)),
    )
    if (!exceededBy(applicant, before)) return
    const living = await withoutEnded(spawner.docker, before, signal)
    const exceeded = exceededBy(applicant, living)
    if (!exceeded) return
    const staying = likelyToStay(living, { inForce, nowMs: spawner.now() })
    if (exceededBy(applicant, staying) || performance.now() - begun > PATIENCE_MS)
      throw full(applicant, exceeded, living)
    await sleep(PAUSE_MS, signal)
    signal.throwIfAborted()
  }
}

const full = (
  { inForce, labels: { serviceName } }: Applicant,
  exceeded: Exceeded,
  places: readonly Place[],
): SpawnError => {
  const { key } = exceeded.quota
  const holders = places.filter(
    ({ labels }) =>
      labels.serviceName !== serviceName &&
      quotasFor(labels, inForce).some((quota) => quota.key === key),
  )
  const message = `${serviceName}: ${whyFull(exceeded)}${heldBy(holders)}`
  return new SpawnError('quota_exceeded', message, [], fullMessage(exceeded))
}
