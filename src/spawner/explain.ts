import { isUnreachable } from '../docker/errors.ts'
import type { ServiceSpec } from '../docker/service-spec.ts'
import { droppedFields } from '../docker/version-gates.ts'
import { planSpec } from './build-spec.ts'
import type { Verdict } from './policy/judge-entry.ts'
import type { Spawner } from './spawner.ts'
import type { StartRequest } from './start-request.ts'

/** The exact spec but for the values of its environment, the setting behind each of its paths, and what looks wrong. */
export type Explanation = {
  service_name: string
  spec: ServiceSpec
  sources: Record<string, string>
  warnings: string[]
  /** What the policy says of every value that the hub or its user set. */
  policy: Verdict[]
  /** False where the policy refuses a value: a start with this is answered 422. */
  would_start: boolean
}

/** Says what a start would create, and what the policy refuses of it; throws as a start does for anything else. Works without an Engine too. */
export const explain = async (
  spawner: Spawner,
  hub: string,
  request: StartRequest,
  signal: AbortSignal,
): Promise<Explanation> => {
  const { spec, sources, warnings, labels, policy } = planSpec(hub, request, spawner.policy)
  return {
    service_name: labels.serviceName,
    spec: withoutValues(spec),
    sources,
    warnings: [...warnings, ...(await engineWarnings(spawner, spec, signal))],
    policy,
    would_start: policy.every(({ verdict }) => verdict === 'allowed'),
  }
}

const engineWarnings = async (
  { docker }: Spawner,
  spec: ServiceSpec,
  signal: AbortSignal,
): Promise<string[]> => {
  try {
    const version = await docker.apiVersion(signal)
    return droppedFields(spec, version).map(
      ({ field, since }) => `${field}: needs Engine API ${since}, this Engine speaks ${version}`,
    )
  } catch (error) {
    if (!isUnreachable(error)) throw error
    return [`The Engine was not asked: ${error.message}`]
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
