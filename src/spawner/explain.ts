import * as v from 'valibot'
import { isUnreachable } from '../docker/errors.ts'
import { recordOf } from '../docker/record-of.ts'
import { ServiceSpec } from '../docker/service-spec.ts'
import { droppedFields } from '../docker/version-gates.ts'
import { type BuiltSpec, finishSpec } from './build-spec.ts'
import { askEngineFacts, type EngineFacts, NOT_ASKED } from './engine/engine-facts.ts'
import { letOthersWork } from './let-others.ts'
import { planSpec } from './plan-spec.ts'
import { Verdict } from './policy/judge-entry.ts'
import { IMAGE, judgePrivateImage } from './private-image.ts'
import { serverUrl } from './server/server-host.ts'
import { refuseCrowds } from './settings/refuse-amounts.ts'
import type { Spawner } from './spawner.ts'
import type { StartRequest } from './start-request.ts'

/** What a start would create: the exact spec without the values of its environment, the setting behind each path, and warnings. */
export const Explanation = v.object({
  service_name: v.string(),
  /** Where the hub and its proxy would reach the server. Each `spawn_id` has its own host. */
  url: v.string(),
  spec: ServiceSpec,
  sources: recordOf(v.string()),
  warnings: v.array(v.string()),
  /** What the policy says of every value that the hub or its user set. */
  policy: v.array(Verdict),
  /** `false`: the policy refuses a value, and a start with this request is answered 422. */
  would_start: v.boolean(),
})
export type Explanation = v.InferOutput<typeof Explanation>

/**
 * Says what a start would create, and what the policy refuses of it. Throws the same errors as a start for everything else.
 * Where the Engine cannot be reached, it explains without the Engine and says so in a warning.
 */
export const explain = async (
  spawner: Spawner,
  hub: string,
  request: StartRequest,
  signal: AbortSignal,
): Promise<Explanation> => {
  const plan = planSpec(hub, request, spawner.policy)
  refuseCrowds(plan.spec)
  const engine = await askEngine(spawner, plan.spec, signal)
  await letOthersWork(plan.spec)
  const built = finishSpec(plan, engine.facts)
  const { spec, sources, warnings, labels } = built
  const policy = await withPrivateImage(spawner, built, plan.judge(engine.facts))
  await letOthersWork(spec)
  return {
    service_name: labels.serviceName,
    url: serverUrl(labels, spec.TaskTemplate.Networks),
    spec: withoutValues(spec),
    sources,
    warnings: [...warnings, ...engine.warnings],
    policy,
    would_start: policy.every(({ verdict }) => verdict === 'allowed'),
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

/** Asks the Engine what only it knows, and warns of the fields that this Engine would drop. */
const askEngine = async (
  spawner: Spawner,
  spec: ServiceSpec,
  signal: AbortSignal,
): Promise<{ facts: EngineFacts; warnings: string[] }> => {
  try {
    const version = await spawner.docker.apiVersion(signal)
    const warnings = droppedFields(spec, version).map(
      ({ field, since }) => `${field}: needs Engine API ${since}, this Engine speaks ${version}`,
    )
    return { facts: await askEngineFacts(spawner, spec, signal), warnings }
  } catch (error) {
    if (!isUnreachable(error)) throw error
    return { facts: NOT_ASKED, warnings: [`The Engine was not asked: ${error.message}`] }
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
