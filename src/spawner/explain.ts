import * as v from 'valibot'
import { isUnreachable } from '../docker/errors.ts'
import { recordOf } from '../docker/record-of.ts'
import { ServiceSpec } from '../docker/service-spec.ts'
import { droppedFields } from '../docker/version-gates.ts'
import { type PlannedSpec, planSpec } from './build-spec.ts'
import type { JoinedNetwork } from './engine/network-names.ts'
import { letOthersWork } from './let-others.ts'
import { Verdict } from './policy/judge-entry.ts'
import { IMAGE, judgePrivateImage } from './private-image.ts'
import { serverUrl } from './server/server-host.ts'
import { refuseCrowds } from './settings/refuse-amounts.ts'
import type { Spawner } from './spawner.ts'
import type { StartRequest } from './start-request.ts'

/** The exact spec but for the values of its environment, the setting behind each of its paths, and what looks wrong. */
export const Explanation = v.object({
  service_name: v.string(),
  /** Where the hub and its proxy would reach the server; each `spawn_id` has a host of its own. */
  url: v.string(),
  spec: ServiceSpec,
  sources: recordOf(v.string()),
  warnings: v.array(v.string()),
  /** What the policy says of every value that the hub or its user set. */
  policy: v.array(Verdict),
  /** False where the policy refuses a value: a start with this is answered 422. */
  would_start: v.boolean(),
})
export type Explanation = v.InferOutput<typeof Explanation>

/** Says what a start would create, and what the policy refuses of it; throws as a start does for anything else. Works without an Engine too. */
export const explain = async (
  spawner: Spawner,
  hub: string,
  request: StartRequest,
  signal: AbortSignal,
): Promise<Explanation> => {
  const planned = planSpec(hub, request, spawner.policy)
  refuseCrowds(planned.spec)
  const engine = await askEngine(spawner, planned.spec, signal)
  await letOthersWork(planned.spec)
  const judged = planSpec(hub, request, spawner.policy, engine.networkNames, engine.dataRoot)
  await letOthersWork(planned.spec)
  const { spec, sources, warnings, labels } = judged
  const policy = await withPrivateImage(spawner, judged)
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

/** The verdicts, with that on the image's registry in place of the one that lets it pass. */
const withPrivateImage = async (spawner: Spawner, planned: PlannedSpec): Promise<Verdict[]> => {
  const { policy, sources } = planned
  const isAllowed = ({ from, verdict }: Verdict): boolean =>
    from === sources[IMAGE] && verdict === 'allowed'
  const refusal = policy.some(isAllowed) ? await judgePrivateImage(spawner, planned) : undefined
  return policy.map((one) => (refusal && isAllowed(one) ? refusal : one))
}

type EngineWords = {
  warnings: string[]
  networkNames?: ReadonlyMap<string, JoinedNetwork>
  dataRoot?: string | undefined
}

/** What only the Engine knows: which fields it would drop, the networks' names, and where its data is. */
const askEngine = async (
  { docker, networkNames, dataRoot }: Spawner,
  spec: ServiceSpec,
  signal: AbortSignal,
): Promise<EngineWords> => {
  try {
    const version = await docker.apiVersion(signal)
    const warnings = droppedFields(spec, version).map(
      ({ field, since }) => `${field}: needs Engine API ${since}, this Engine speaks ${version}`,
    )
    return {
      warnings,
      networkNames: await networkNames(spec, signal),
      dataRoot: await dataRoot(spec, signal),
    }
  } catch (error) {
    if (!isUnreachable(error)) throw error
    return { warnings: [`The Engine was not asked: ${error.message}`] }
  }
}

/** The environment holds the user's API token. */
const withoutValues = (spec: ServiceSpec): ServiceSpec => {
  const container = spec.TaskTemplate.ContainerSpec
  const Env = container.Env?.map((variable) => `${variable.split('=', 1)[0]}=[redacted]`)
  return {
    ...spec,
    TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: { ...container, ...(Env && { Env }) } },
  }
}
