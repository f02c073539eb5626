import type { ServiceSpec } from '../docker/service-spec.ts'
import { type EngineFacts, NOT_ASKED } from './engine/engine-facts.ts'
import { hubEntries, withoutChanged } from './hub-entries.ts'
import type { Verdict } from './policy/judge-entry.ts'
import {
  contextsOf,
  type JudgedRequest,
  judgeLayers,
  judgeSizes,
  trustsImage,
} from './policy/judge-layers.ts'
import { judgeServerNames } from './policy/judge-server-names.ts'
import type { Policy } from './policy/policy.ts'
import { refuseDuplicates } from './policy/refuse-duplicates.ts'
import { refuseServerHosts } from './policy/refuse-server-hosts.ts'
import { refuseIssues } from './policy/refuse-verdicts.ts'
import { countedGroups, type QuotasInForce, quotasInForce } from './quota/applied-quotas.ts'
import { isOurLabel } from './server/labels.ts'
import { type RequestedServer, requestedServer } from './server/requested-server.ts'
import {
  assembleSpec,
  findEntry,
  lastWins,
  type NameOf,
  refusedSpec,
} from './settings/assemble-spec.ts'
import { CONTAINER, type Entry } from './settings/entries.ts'
import { type Layers, mergeConfig } from './settings/merge-config.ts'
import { nameOfIn } from './settings/name-of.ts'
import type { Placeholders } from './settings/placeholders.ts'
import { addConstraints } from './settings/placement.ts'
import { profileSteps } from './settings/profile.ts'
import { type PullPolicy, pullPolicyOf } from './settings/pull-policy.ts'
import { refuseAmounts } from './settings/refuse-amounts.ts'
import { refuseSwapAlone } from './settings/resources.ts'
import { specWarnings } from './spec-warnings.ts'
import type { StartRequest } from './start-request.ts'
import { hasUnusedOptions } from './unused-options.ts'

/** The spec of a server before the Engine is asked, and what the policy says of it. `finishSpec` makes it whole. */
export type SpecPlan = {
  server: RequestedServer
  /** Still without the host of its start: only the Engine knows which networks have a DNS. */
  spec: ServiceSpec
  /** What the spec is made of. */
  entries: readonly Entry[]
  /** The networks that the hub configured, and those that its user asked for. */
  networks: readonly Entry[]
  /** Whether the host of the start becomes an alias in its networks. The hub's `url_host` can turn that off. */
  hasHost: boolean
  warnings: string[]
  /** The quotas that may count the server. */
  quotas: QuotasInForce
  /** Whether the registry credentials of the service may go with the image. */
  isTrustedImage: boolean
  /** When the registry of the image is asked. */
  pullPolicy: PullPolicy
  /** What the policy says without the Engine. A start throws its refusals before it asks the Engine anything. */
  verdicts: Verdict[]
  /** Judges again, with what the Engine said. The order of the verdicts stays. */
  judge: (facts: EngineFacts) => Verdict[]
}

/**
 * Reads a request once, and lays its settings over each other. Throws `invalid_config`, `invalid_name`, or `not_allowed`
 * for settings that are too large to be read. What the policy refuses is not thrown: the verdicts say it. `respell` lets the
 * placeholders of the settings stand for something else, and the policy judges that by the true names.
 */
export const planSpec = (
  hub: string,
  request: StartRequest,
  policy: Policy,
  respell: (placeholders: Placeholders) => Placeholders = (same) => same,
): SpecPlan => {
  const quotas = quotasInForce(policy.quotas, request.profile)
  const server = withMoreLabels(requestedServer(hub, request), request, { policy, quotas })
  const { labels, placeholders, prefix, host } = server
  const ofHub = hubEntries(labels, request)
  const judged: JudgedRequest = {
    policy,
    names: { ...placeholders, '{hub}': hub },
    groups: request.groups,
    ofHub,
    ownNames: [labels.serviceName, host],
  }
  const layers = readLayers(request, { ...server, placeholders: respell(placeholders) }, judged)
  const asked = [...layers.admin, ...layers.user]
  const naming = { hub, hubs: policy.hubs, serviceName: labels.serviceName, prefix }
  const ofNames = judgeServerNames(naming, asked)
  const contexts = contextsOf(layers, judged)
  const ofLayers = judgeLayers(layers, contexts)
  const judge = (facts: EngineFacts): Verdict[] => [...ofNames, ...ofLayers(facts)]
  const verdicts = judge(NOT_ASKED)
  const entries = layEntries(layers, withoutChanged(ofHub, layers.user, verdicts), request)
  const spec = assembleSpec(entries, namesOf(request))
  refuseSwapAlone(entries)
  const { Image } = spec.TaskTemplate.ContainerSpec
  const isTrustedImage = trustsImage(Image, layers, contexts)
  return {
    server,
    spec,
    entries,
    networks: asked.filter(({ path }) => path[1] === 'Networks'),
    hasHost: request.config.url_host !== 'service',
    warnings: specWarnings(entries, {
      hasUnusedOptions: hasUnusedOptions(request),
      notebookDir: request.config.notebook_dir,
      mounts: spec.TaskTemplate.ContainerSpec.Mounts,
    }),
    quotas,
    isTrustedImage,
    pullPolicy: pullPolicyOf(entries),
    verdicts,
    judge,
  }
}

/** Adds the labels by which quotas count the server, and how long it may run: the shorter of what policy and profile say. */
const withMoreLabels = (
  server: RequestedServer,
  { profile, groups }: StartRequest,
  { policy, quotas }: { policy: Policy; quotas: QuotasInForce },
): RequestedServer => {
  const maxRuntime = Math.min(
    policy.maxRuntime ?? Number.POSITIVE_INFINITY,
    profile?.max_runtime ?? Number.POSITIVE_INFINITY,
  )
  const counted = countedGroups(server.labels.hub, groups, quotas)
  const labels = {
    ...server.labels,
    ...(profile && { profile: profile.slug }),
    ...(Number.isFinite(maxRuntime) && { maxRuntimeS: Math.ceil(maxRuntime / 1e9) }),
    ...(counted.length > 0 && { groups: counted }),
  }
  return { ...server, labels }
}

/** Reads settings and options, and throws for those that no policy allows. Too large ones are refused before they are read. */
const readLayers = (
  request: StartRequest,
  { placeholders, host }: RequestedServer,
  judged: JudgedRequest,
): Layers => {
  refuseIssues(judgeSizes(request, judged))
  const { config, user_options, env, cmd, args, profile } = request
  refuseAmounts({ ...config, env, cmd, args, user_options, profile })
  const nameOf = namesOf(request)
  const layers = mergeConfig({ ...config }, user_options, placeholders, { nameOf, profile })
  const asked = [...layers.admin, ...layers.user]
  refuseOurLabels(asked)
  refuseServerHosts(asked, host)
  refuseDuplicates(asked, NOT_ASKED.networkNames)
  return layers
}

/** Names what is wrong as the hub or its user wrote it. */
const namesOf = ({ config, user_options, profile }: StartRequest): NameOf => {
  const parts = profileSteps(profile).map(({ label, override }) => [label, override])
  return nameOfIn({ ...config, user_options, ...Object.fromEntries(parts) })
}

const refuseOurLabels = (entries: readonly Entry[]): void => {
  const ours = entries.find(({ path }) => path.includes('Labels') && isOurLabel(path.at(-1) ?? ''))
  if (ours) throw refusedSpec([{ path: ours.from, message: 'is a label of the spawner itself' }])
}

/** Lays the layers over each other, last wins. */
const layEntries = (
  { defaults, admin, user }: Layers,
  ofHub: readonly Entry[],
  request: StartRequest,
): Entry[] => {
  const laid = lastWins([...defaults, ...admin, ...addConstraints(user, admin), ...ofHub])
  return lastWins([...laid, ...argsEntries(laid, request)])
}

/** The command is `container_spec.args`, else the hub's `cmd`; the hub's `args` follow it. */
const argsEntries = (entries: readonly Entry[], { cmd, args }: StartRequest): Entry[] => {
  const given = findEntry(entries, [...CONTAINER, 'Args'].join('.'))
  const base = given ?? (cmd?.length ? { value: cmd, from: 'cmd' } : undefined)
  const words = base?.value ?? []
  // The schema refuses a value that is no list.
  if (!Array.isArray(words) || (words.length === 0 && !args?.length)) return []
  return [
    {
      path: [...CONTAINER, 'Args'],
      value: [...words, ...(args ?? [])],
      from: [base?.from, args?.length ? 'args' : undefined].filter(Boolean).join(', '),
    },
  ]
}
