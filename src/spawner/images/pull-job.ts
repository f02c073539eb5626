import type { Platform } from '../../docker/platforms.ts'
import type { Spawner } from '../spawner.ts'
import type { PullReport, PullSource } from './pull-report.ts'

/** An image that shall be on every node that would run it. */
export type WantedImage = {
  hub: string
  /** A name with a tag or a digest. */
  image: string
  /** The digest, where it is known: then no registry is asked. */
  digest?: string | undefined
  constraints?: readonly string[] | undefined
  platforms?: readonly Platform[] | undefined
  source?: PullSource | undefined
  /** What needs it, for people. */
  why?: string | undefined
}

/**
 * Makes every node that would run an image download it. Harmless to repeat: nodes that have it ask no registry, and those
 * where it failed try again. A job of an older digest is replaced. Returns what the Swarm says now, and does not wait.
 */
export type PullAhead = (
  spawner: Spawner,
  wanted: WantedImage & { signal: AbortSignal },
) => Promise<PullReport>

/** Lists the images that are due, of one hub or of all, with what the Swarm says of each node. */
export type ListDueImages = (
  spawner: Spawner,
  options: { hub?: string | undefined; signal: AbortSignal },
) => Promise<PullReport[]>
