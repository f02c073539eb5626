import * as v from 'valibot'
import { DockerError } from '../src/docker/errors.ts'
import { SpawnError } from '../src/spawner/errors.ts'
import { type BriefExplanation, explainBriefly } from '../src/spawner/explain-briefly.ts'
import { lookAtSwarm, type Seen, withPatience } from '../src/spawner/find-room.ts'
import { letOthers } from '../src/spawner/let-others.ts'
import type { Spawner } from '../src/spawner/spawner.ts'
import { StartRequest } from '../src/spawner/start-request.ts'
import { type Problem, problemOf, RequestError } from './errors.ts'
import { laidOver } from './shared-data.ts'
import { parseData } from './webhook.ts'

/** 50 are more than any page shows. */
const MAX_REQUESTS = 50

/** The data of a `spawner.explain` for many starts: what they share, and what each has of its own. */
export const ExplainMany = v.strictObject({
  ...v.partial(StartRequest).entries,
  /** Each is read and judged on its own, so that a wrong one does not spoil the others. */
  requests: v.pipe(v.array(v.unknown()), v.maxLength(MAX_REQUESTS)),
})
export type ExplainMany = v.InferOutput<typeof ExplainMany>

/** The answer for one of many starts. `problem`: what the start would be refused with, before the Engine is asked to create. */
export type Explained = BriefExplanation & { problem: Problem | null }

/** Explains many starts, in their order, from one look at the swarm. `bytes`: the length of the call, for turns. */
export const explainMany = (
  spawner: Spawner,
  { hub, data, bytes }: { hub: string; data: ExplainMany; bytes: number },
  signal: AbortSignal,
): Promise<Explained[]> =>
  withPatience(spawner, signal, async (enough) => {
    const { parts, bytes: shared } = laidOver(data)
    const seen = await lookAtSwarm(spawner, enough)
    const explained: Explained[] = []
    for (const part of parts) {
      explained.push(await explainPart(spawner, { hub, part, seen }, enough))
      await letOthers(Math.max(bytes, shared))
      signal.throwIfAborted()
    }
    return explained
  })

const explainPart = async (
  spawner: Spawner,
  { hub, part, seen }: { hub: string; part: unknown; seen: Seen },
  enough: AbortSignal,
): Promise<Explained> => {
  try {
    const request = parseData(StartRequest, part)
    const { explanation, refusal } = await explainBriefly(spawner, { hub, request, seen }, enough)
    return { ...explanation, problem: refusal === undefined ? null : problemOf(refusal) }
  } catch (error) {
    if (!KNOWN.some((known) => error instanceof known)) throw error
    return { ...UNREADABLE, problem: problemOf(error) }
  }
}

/** Errors about one request. Others are the caller's end, or a fault of ours, which the log describes. */
const KNOWN = [SpawnError, RequestError, DockerError]

const UNREADABLE: BriefExplanation = {
  would_start: false,
  fits: null,
  room: null,
  obstacles: [],
  warnings: [],
}
