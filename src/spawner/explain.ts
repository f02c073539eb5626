import * as v from 'valibot'
import { isUnreachable } from '../docker/errors.ts'
import { filesOf } from '../docker/files.ts'
import { recordOf } from '../docker/record-of.ts'
import { ServiceSpec } from '../docker/service-spec.ts'
import { type BuiltSpec, finishSpec } from './build-spec.ts'
import { askEngineFacts, type EngineFacts, NOT_ASKED } from './engine/engine-facts.ts'
import { nameFiles } from './engine/name-files.ts'
import { lookAtSwarm, roomFor, withPatience } from './find-room.ts'
import { explainImage, ImageOfServer, NOT_RESOLVED } from './images/explain-image.ts'
import { letOthersWork } from './let-others.ts'
import { missingFiles } from './missing-names.ts'
import { findObstacles, Obstacle } from './obstacles.ts'
import { SeenVolume, seeVolumes, spellingWarnings } from './other-spellings.ts'
import { planSpec, type SpecPlan } from './plan-spec.ts'
import { Verdict } from './policy/judge-entry.ts'
import { IMAGE, judgePrivateImage } from './private-image.ts'
import { askQuotas, quotaObstacles, withQuotas } from './quota/explain-quotas.ts'
import { serverUrl } from './server/server-host.ts'
import { refuseCrowds } from './settings/refuse-amounts.ts'
import type { Spawner } from './spawner.ts'
import type { StartRequest } from './start-request.ts'
import { Fits, Room } from './state/room.ts'
import { volumeWarnings } from './volume-warnings.ts'

/** Whether a start would succeed, what stands in its way, and the exact spec without the values of its environment. */
export const Explanation = v.object({
  /** `false`: the policy refuses a value, or there is an obstacle. */
  would_start: v.boolean(),
  /** What keeps the Engine or the swarm from running the spec today. Empty where the Engine was not asked. */
  obstacles: v.array(Obstacle),
  warnings: v.array(v.string()),
  /** Whether the nodes have room for the server. Null if the Engine did not tell within half a second. */
  fits: v.nullable(Fits),
  room: Room,
  /** What the policy says of every value that the hub or its user set. */
  policy: v.array(Verdict),
  service_name: v.string(),
  /** Where the hub and its proxy would reach the server. Each `spawn_id` has its own host. */
  url: v.string(),
  /** What the image is resolved to. Null where the Engine was not asked, or the policy refuses the spec. */
  image: v.nullable(ImageOfServer),
  spec: ServiceSpec,
  sources: recordOf(v.string()),
  /** The named volumes of the spec. Empty where the Engine was not asked, or the policy refuses the spec. */
  volumes: v.array(SeenVolume),
})
export type Explanation = v.InferOutput<typeof Explanation>

/** Not a mistake, so no start is warned of it. */
const UNTRUSTED_IMAGE =
  "image: the service's registry credentials don't go with it; the policy does not name it"

/**
 * Says whether a start would succeed, what it would create, and what stands in its way. Throws the same errors as a start for
 * settings that cannot be read. Where the Engine cannot be reached, it explains without the Engine and says so in a warning.
 */
export const explain = async (
  spawner: Spawner,
  hub: string,
  request: StartRequest,
  signal: AbortSignal,
): Promise<Explanation> => {
  const plan = planSpec(hub, request, spawner.policy)
  refuseCrowds(plan.spec)
  const [[seen, quotas], { facts, built, found, volumes, image, ...asked }] = await Promise.all([
    withPatience(spawner, signal, (enough) =>
      Promise.all([lookAtSwarm(spawner, enough), askQuotas(spawner, plan, enough)]),
    ),
    askEngine(spawner, { hub, request, plan }, signal),
  ])
  const obstacles = [...asked.obstacles, ...quotaObstacles(quotas)]
  const { spec, sources, warnings, labels } = built
  await letOthersWork(spec)
  const policy = await withPrivateImage(spawner, built, plan.judge(facts))
  await letOthersWork(spec)
  return {
    would_start: obstacles.length === 0 && policy.every(({ verdict }) => verdict === 'allowed'),
    obstacles,
    warnings: [
      ...warnings,
      ...(built.isTrustedImage ? [] : [UNTRUSTED_IMAGE]),
      ...found,
      ...quotas.warnings,
    ],
    ...withQuotas(roomFor(seen, built), quotas),
    policy,
    service_name: labels.serviceName,
    url: serverUrl(labels, spec.TaskTemplate.Networks),
    image,
    spec: withoutValues(spec),
    sources,
    volumes,
  }
}

/** Replaces the verdict that allows the image by a refusal, where the image is of a registry that needs credentials. */
const withPrivateImage = async (
  spawner: Spawner,
  built: BuiltSpec,
  policy: readonly Verdict[],
): Promise<Verdict[]> => {
  const isAllowed = ({ from, verdict }: Verdict): boolean =>
    from === built.sources[IMAGE] && verdict === 'allowed'
  const refusal = policy.some(isAllowed) ? await judgePrivateImage(spawner, built) : undefined
  return policy.map((one) => (refusal && isAllowed(one) ? refusal : one))
}

type Asked = {
  facts: EngineFacts
  built: BuiltSpec
  obstacles: Obstacle[]
  found: string[]
  volumes: SeenVolume[]
  image: ImageOfServer | null
}

/** Asks the Engine what only it knows, and what stands in the way. `found` are warnings, also that it could not be asked. */
const askEngine = async (
  spawner: Spawner,
  { hub, request, plan }: { hub: string; request: StartRequest; plan: SpecPlan },
  signal: AbortSignal,
): Promise<Asked> => {
  try {
    const facts = await askEngineFacts(spawner, plan.spec, signal)
    const finished = finishSpec(plan, facts)
    // What the policy refuses is not looked up.
    const isAllowed = plan.judge(facts).every(({ verdict }) => verdict === 'allowed')
    const { built: named, missing } = isAllowed
      ? await withFiles(spawner, finished, signal)
      : { built: finished, missing: [] }
    const { built, ...resolved } = isAllowed
      ? await explainImage(spawner, named, signal)
      : { ...NOT_RESOLVED, built: named }
    const volumes = isAllowed
      ? await seeVolumes(spawner, { hub, request, plan, facts, isNaming: true }, signal)
      : []
    return {
      facts,
      built,
      obstacles: [
        ...missing,
        ...resolved.obstacles,
        ...(await findObstacles(spawner, built, signal)),
      ],
      found: isAllowed
        ? [
            ...resolved.warnings,
            ...(await volumeWarnings(spawner, built.spec, signal)),
            ...spellingWarnings(volumes),
          ]
        : [],
      volumes,
      image: resolved.image,
    }
  } catch (error) {
    if (!isUnreachable(error)) throw error
    const warning = `The Engine was not asked: ${error.message}`
    const built = finishSpec(plan, NOT_ASKED)
    return { facts: NOT_ASKED, built, obstacles: [], found: [warning], volumes: [], image: null }
  }
}

/** Looks up the ids of secrets and configs. Those that do not exist stand in the way. */
const withFiles = async (
  { docker }: Spawner,
  built: BuiltSpec,
  signal: AbortSignal,
): Promise<{ built: BuiltSpec; missing: Obstacle[] }> => {
  try {
    const spec = await nameFiles(filesOf(docker), built.spec, built.sources, signal)
    return { built: { ...built, spec }, missing: [] }
  } catch (error) {
    return { built, missing: missingFiles(error) }
  }
}

/** Hides the values of the environment: the user's API token is among them. */
const withoutValues = (spec: ServiceSpec): ServiceSpec => {
  const container = spec.TaskTemplate.ContainerSpec
  const Env = container.Env?.map((variable) => `${variable.split('=', 1)[0]}=[redacted]`)
  return {
    ...spec,
    TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { ...container, ...(Env && { Env }) } },
  }
}
