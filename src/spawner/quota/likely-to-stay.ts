import { type QuotasInForce, quotasFor } from './applied-quotas.ts'
import type { Place } from './place.ts'
import { createTally } from './tally.ts'

/** 10 s: a start has looked after its service for a second time by then, and has removed it if there was no place. */
const SETTLED_AFTER_MS = 10_000

/**
 * The places without those that their own starts will give back: of services that are so new that they may still be removed,
 * those that exceed a quota, or that have a profile whose quota is not known here.
 */
export const likelyToStay = (
  places: readonly Place[],
  { inForce, nowMs }: { inForce: QuotasInForce; nowMs: number },
): Place[] => {
  const tally = createTally()
  return inOrder(places).filter(({ labels, taken, createdAt }) => {
    const quotas = quotasFor(labels, inForce)
    const isSettled = Math.abs(nowMs - Date.parse(`${createdAt}Z`)) > SETTLED_AFTER_MS
    const isKnown = labels.profile === undefined || labels.profile === inForce.profile?.slug
    if (!isSettled && (!isKnown || tally.exceeded(quotas, taken))) return false
    tally.add(quotas, taken)
    return true
  })
}

const inOrder = (places: readonly Place[]): Place[] =>
  [...places].sort((one, other) =>
    one.createdAt === other.createdAt ? 0 : one.createdAt < other.createdAt ? -1 : 1,
  )
