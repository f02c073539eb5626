import { secondsInWords } from '../duration-words.ts'
import type { ServerLabels } from './labels.ts'

type Timed = Pick<ServerLabels, 'issuedAt' | 'maxRuntimeS'>

/** When the time of a server is over, in Unix milliseconds; undefined if it has no `max_runtime`. Swarm's restarts do not extend it. */
export const endsAt = ({ issuedAt, maxRuntimeS }: Timed): number | undefined => {
  const at = issuedAt + (maxRuntimeS ?? Number.POSITIVE_INFINITY) * 1000
  return at <= LATEST_MS ? at : undefined
}

/** The latest time that a Date can have. */
const LATEST_MS = 8.64e15

/** Why a server is ended whose time is over; undefined while it is not. */
export const whyTimeIsOver = (labels: Timed | undefined, nowMs: number): string | undefined => {
  const at = labels && endsAt(labels)
  if (at === undefined || nowMs < at) return undefined
  return `Its time of ${timeInWords(labels?.maxRuntimeS ?? 0)} was over`
}

const timeInWords = (seconds: number): string =>
  seconds >= 7200 && seconds % 3600 === 0 ? `${seconds / 3600} hours` : secondsInWords(seconds)
