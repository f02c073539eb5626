import * as v from 'valibot'
import { DockerError } from '../src/docker/errors.ts'
import { SpawnError } from '../src/spawner/errors.ts'
import {
  type BriefExplanation,
  explainBriefly,
  factsWithin,
  planBriefly,
} from '../src/spawner/explain-briefly.ts'
import { lookAtSwarm, withPatience } from '../src/spawner/find-room.ts'
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

/**
 * Explains many starts, in their order, from one look at the swarm. `bytes`: the length of the call, for turns. All are planned before
 * the Engine is asked, so that our own work takes nothing of the time that it has.
 */
export const explainMany = async (
  spawner: Spawner,
  { hub, data, bytes }: { hub: string; data: ExplainMany; bytes: number },
  signal: AbortSignal,
): Promise<Explained[]> => {
  const { parts, bytes: shared } = laidOver(data)
  const turn = async () => {
    await letOthers(Math.max(bytes, shared))
    signal.throwIfAborted()
  }
  const plans = await inTurns(parts, turn, async (part) =>
    planBriefly(spawner, hub, parseData(StartRequest, part)),
  )
  return withPatience(spawner, signal, async (enough) => {
    const [seen, ...known] = await Promise.all([
      lookAtSwarm(spawner, enough),
      ...plans.map(({ made }) => made && factsWithin(spawner, made, enough)),
    ])
    const explained = await inTurns(
      [...plans.entries()],
      turn,
      async ([index, { made, problem }]) => {
        const facts = known[index]
        if (!made || !facts) return { ...UNREADABLE, problem: problem ?? null }
        const told = await explainBriefly(spawner, { plan: made, known: facts, seen }, enough)
        return { ...told.explanation, problem: told.refusal ? problemOf(told.refusal) : null }
      },
    )
    return explained.map(({ made, problem }) => made ?? { ...UNREADABLE, problem: problem ?? null })
  })
}

/** What was made of one request, or the problem of it. */
type Made<T> = { made?: T; problem?: Problem }

/** Makes something of each, in order, with a turn for other calls after each. A wrong one does not spoil the others. */
const inTurns = async <T, R>(
  all: readonly T[],
  turn: () => Promise<void>,
  make: (one: T) => Promise<R>,
): Promise<Made<R>[]> => {
  const results: Made<R>[] = []
  for (const one of all) {
    results.push(await orProblem(make(one)))
    await turn()
  }
  return results
}

const orProblem = async <R>(making: Promise<R>): Promise<Made<R>> => {
  try {
    return { made: await making }
  } catch (error) {
    if (!KNOWN.some((known) => error instanceof known)) throw error
    return { problem: problemOf(error) }
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
