import type { ServiceSpec } from '../docker/service-spec.ts'
import { type EngineFacts, NOT_ASKED } from './engine/engine-facts.ts'
import { planSpec, type SpecPlan } from './plan-spec.ts'
import { BUILT_IN_POLICY, type Policy } from './policy/policy.ts'
import { refuseDuplicates } from './policy/refuse-duplicates.ts'
import { refuseVerdicts } from './policy/refuse-verdicts.ts'
import type { ServerLabels } from './server/labels.ts'
import { addHost } from './server/server-host.ts'
import type { PullPolicy } from './settings/pull-policy.ts'
import { refuseCrowds } from './settings/refuse-amounts.ts'
import type { StartRequest } from './start-request.ts'

/** The spec of a server, and which setting each of its values came from, by the spec's dotted paths. */
export type BuiltSpec = {
  spec: ServiceSpec
  labels: ServerLabels
  sources: Record<string, string>
  warnings: string[]
  /** Whether the registry credentials of the service may go with the image. */
  isTrustedImage: boolean
  /** When the registry of the image is asked. */
  pullPolicy: PullPolicy
  /** The rules of the policy that allowed what was asked for, by their places in it. */
  rules?: readonly string[]
}

/**
 * Makes the service spec of a server, as far as it is known without the Engine. Throws `invalid_config`, `invalid_name`, or
 * `not_allowed` with everything that the policy refuses.
 */
export const buildSpec = (
  hub: string,
  request: StartRequest,
  policy: Policy = BUILT_IN_POLICY,
): BuiltSpec => {
  const plan = planSpec(hub, request, policy)
  refuseVerdicts(plan.verdicts)
  refuseCrowds(plan.spec)
  return finishSpec(plan, NOT_ASKED)
}

/**
 * Adds the host of the start to the networks of a planned spec. Throws `invalid_config` where two of the networks are one by
 * what the Engine said. The caller judges the plan.
 */
export const finishSpec = (
  { server, spec, entries, networks, hasHost, warnings, isTrustedImage, pullPolicy }: SpecPlan,
  { networkNames }: EngineFacts,
): BuiltSpec => {
  refuseDuplicates(networks, networkNames)
  const finished = hasHost ? addHost(spec, server.host, networkNames) : { spec, paths: [] }
  return {
    spec: finished.spec,
    labels: server.labels,
    sources: Object.fromEntries([
      ...entries.map(({ path, from }) => [path.join('.'), from]),
      ...finished.paths.map((path) => [path, 'hub']),
    ]),
    warnings,
    isTrustedImage,
    pullPolicy,
  }
}
