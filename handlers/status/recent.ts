import type { Act } from '../../src/spawner/audit.ts'
import { printable } from '../../src/spawner/errors.ts'
import type { StartRequest } from '../../src/spawner/start-request.ts'
import { adviceOn } from '../../src/spawner/state/advice.ts'
import { problemOf } from '../errors.ts'
import type { EndedStart } from '../every-call/start-log.ts'
import type { GcCounts } from '../metrics/service-metrics.ts'

/** A start that failed or was refused, or a server that failed later. All texts are printable. */
export type Failure = {
  atMs: number
  hub: string
  username: string
  server_name: string
  image: string
  node: string
  /** What came of it: `failed`, `abandoned`, or the code of the problem. */
  outcome: string
  reason: string
  /** What an admin can do about it; empty if we do not know. */
  advice: string
}

/** What gc found in one hub when this copy last looked. Without counts, it could not look. */
export type GcLook = { hub: string; atMs: number; counts: GcCounts | undefined }

/** How often this copy looks for leftovers and for images that nodes lack. Undefined means never. */
export type Rounds = {
  gcEveryMs?: number | undefined
  gcAction?: 'list' | 'remove' | undefined
  pullEveryMs?: number | undefined
}

/** 50 servers of each hub, so that a hub pushes out only its own. */
const MOST_OF_HUB = 50
/** Names, images and reasons come from others. */
const MAX_LENGTH = 500

/** What this copy of the service remembers for the status page, since its start. */
export type Recent = ReturnType<typeof createRecent>

/** Makes a Recent, which remembers the newest failure of each server. */
export const createRecent = (now: () => number) => {
  const hubs = new Map<string, Map<string, Failure>>()
  const looks = new Map<string, GcLook>()
  const note = (told: Told): void => {
    const failures = hubs.get(told.hub) ?? new Map<string, Failure>()
    hubs.set(told.hub, failures)
    const failure = failureOf(told, now())
    const key = JSON.stringify([failure.username, failure.server_name])
    failures.delete(key)
    failures.set(key, failure)
    const [oldest] = failures.keys()
    if (failures.size > MOST_OF_HUB && oldest !== undefined) failures.delete(oldest)
  }
  return {
    /** Tells of a start that this copy has seen from its beginning. */
    startEnded: ({ outcome, ...ended }: EndedStart): void => {
      if (outcome === 'failed' || (outcome === 'abandoned' && ended.reason !== null))
        note({ ...ended, outcome })
    },
    /** Tells of a start that was not carried out. */
    startFailed: (hub: string, { server, config }: StartRequest, error: unknown): void => {
      const { code, detail, advice } = problemOf(error)
      if (code === 'caller_gone') return
      const image = config.service_image ?? undefined
      note({ hub, ...server, image, outcome: code, reason: detail, advice })
    },
    /** Tells of something that was done to the Swarm: a server that had failed was removed. */
    acted: ({ act, hub = '', outcome = '', ...told }: Act): void => {
      if (act === 'end' && outcome.startsWith('failed')) note({ ...told, hub, outcome })
    },
    /** Tells what gc did with the leftovers of a hub. Without counts, it could not look. */
    collected: (hub: string, counts: GcCounts | undefined): void => {
      looks.set(hub, { hub, atMs: now(), counts })
    },
    /** The failures of all hubs, the newest first. */
    failures: (): Failure[] =>
      [...hubs.values()]
        .flatMap((failures) => [...failures.values()])
        .sort((one, other) => other.atMs - one.atMs),
    looks: (): GcLook[] => [...looks.values()],
  }
}

/** What is told of a failure; what is unknown is left out. */
type Told = {
  hub: string
  username?: string | undefined
  server_name?: string | undefined
  image?: string | null | undefined
  node?: string | null | undefined
  outcome: string
  reason?: string | null | undefined
  advice?: string | undefined
}

const failureOf = (told: Told, atMs: number): Failure => {
  const shown = (text: string | null | undefined) => printable(text ?? '', MAX_LENGTH)
  return {
    atMs,
    hub: shown(told.hub),
    username: shown(told.username),
    server_name: shown(told.server_name),
    image: shown(told.image),
    node: shown(told.node),
    outcome: shown(told.outcome),
    reason: shown(told.reason),
    advice: shown(told.advice ?? adviceOn(told.reason ?? null)),
  }
}
