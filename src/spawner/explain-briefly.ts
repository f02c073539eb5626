import * as v from 'valibot'
import { isDockerError } from '../docker/errors.ts'
import { unlessAborted } from '../docker/unless-aborted.ts'
import { type BuiltSpec, finishSpec } from './build-spec.ts'
import { askEngineFacts, type EngineFacts, NOT_ASKED } from './engine/engine-facts.ts'
import { MAX_ISSUES, SpawnError } from './errors.ts'
import { roomFor, type Seen } from './find-room.ts'
import { letOthersWork } from './let-others.ts'
import { missingNames } from './missing-names.ts'
import { nodeObstacles, Obstacle, specObstacles } from './obstacles.ts'
import { planSpec, type SpecPlan } from './plan-spec.ts'
import { refuseVerdicts } from './policy/refuse-verdicts.ts'
import { judgePrivateImage } from './private-image.ts'
import { askQuotas, quotaObstacles, withQuotas } from './quota/explain-quotas.ts'
import { refuseCrowds } from './settings/refuse-amounts.ts'
import type { Spawner } from './spawner.ts'
import type { StartRequest } from './start-request.ts'
import { Fits, Room } from './state/room.ts'

/** Whether one of many starts would succeed, and whether the nodes have room for it now. */
export const BriefExplanation = v.object({
  /** `false`: there is a `problem` or an obstacle. A server that fits `later` would start, after a while. */
  would_start: v.boolean(),
  /** Null if the settings cannot be read, or if the Engine did not tell within half a second. */
  fits: v.nullable(Fits),
  /** Null if the settings cannot be read. */
  room: v.nullable(Room),
  /** What keeps the Engine or every node from running the server: fields that the Engine does not know, and nodes that do not fit. */
  obstacles: v.array(Obstacle),
  warnings: v.array(v.string()),
})
export type BriefExplanation = v.InferOutput<typeof BriefExplanation>

/** An explanation, and the error that a start would throw if the policy does not allow it. */
export type Briefly = { explanation: BriefExplanation; refusal: SpawnError | undefined }

/** Reads one of many starts, without the Engine. Throws the errors of a start for settings that cannot be read. */
export const planBriefly = (
  { policy }: Pick<Spawner, 'policy'>,
  hub: string,
  request: StartRequest,
): SpecPlan => {
  const plan = planSpec(hub, request, policy)
  refuseCrowds(plan.spec)
  return plan
}

/**
 * Explains a plan, from one look at the swarm and from what is known of the Engine. Throws `invalid_config` where two networks are
 * one by what the Engine said. It does not look up volumes, nor how many addresses a network has left; `explain` does.
 */
export const explainBriefly = async (
  spawner: Spawner,
  { plan, known, seen }: { plan: SpecPlan; known: KnownFacts; seen: Seen },
  enough: AbortSignal,
): Promise<Briefly> => {
  const { facts, warnings } = known
  const built = finishSpec(plan, facts)
  await letOthersWork(built.spec)
  const refusal = await refusalOf(async () => {
    refuseVerdicts(plan.judge(facts))
    const image = await judgePrivateImage(spawner, built)
    if (image) refuseVerdicts([image])
  })
  const quotas = await askQuotas(spawner, plan, enough)
  const found = await obstaclesWithin(spawner, { built, seen }, enough)
  // What the policy refuses is not looked up.
  const missing = refusal ? [] : await missingNames(spawner, built, enough)
  const obstacles = [...missing, ...found, ...quotaObstacles(quotas)]
  return {
    refusal,
    explanation: {
      would_start: refusal === undefined && obstacles.length === 0,
      ...withQuotas(roomFor(seen, built), quotas),
      obstacles: obstacles.slice(0, MAX_ISSUES),
      warnings: [...built.warnings, ...warnings, ...quotas.warnings],
    },
  }
}

const refusalOf = async (judge: () => Promise<void>): Promise<SpawnError | undefined> => {
  try {
    await judge()
    return undefined
  } catch (error) {
    if (error instanceof SpawnError) return error
    throw error
  }
}

/** What the Engine told of a plan; `warnings` says so if it did not. */
export type KnownFacts = { facts: EngineFacts; warnings: string[] }

/**
 * Asks the Engine only what no start has asked before, such as the name of a network. `enough` aborts when it was asked for long
 * enough.
 */
export const factsWithin = async (
  spawner: Spawner,
  { spec, verdicts }: SpecPlan,
  enough: AbortSignal,
): Promise<KnownFacts> => {
  try {
    const { dataRoot, knownNames } = spawner
    const asking = { dataRoot, networkNames: knownNames.networkNames }
    const isAllowed = verdicts.every(({ verdict }) => verdict === 'allowed')
    const [facts] = await Promise.all([
      unlessAborted(askEngineFacts(asking, spec, enough), enough),
      // All requests ask at once; each finds the answers later.
      isAllowed ? missingNames(spawner, { spec, sources: {} }, enough) : [],
    ])
    return { facts, warnings: [] }
  } catch (error) {
    if (!isDockerError(error)) throw error
    return { facts: NOT_ASKED, warnings: [`The Engine was not asked: ${error.message}`] }
  }
}

const obstaclesWithin = async (
  spawner: Spawner,
  { built, seen }: { built: BuiltSpec; seen: Seen },
  enough: AbortSignal,
): Promise<Obstacle[]> => {
  const ofNodes = typeof seen.nodes === 'string' ? [] : nodeObstacles(seen.nodes, built)
  try {
    return [...(await specObstacles(spawner, built, enough)), ...ofNodes]
  } catch (error) {
    if (isDockerError(error)) return ofNodes
    throw error
  }
}
