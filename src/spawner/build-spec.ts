import type { ServiceSpec } from '../docker/service-spec.ts'
import type { JoinedNetwork } from './engine/network-names.ts'
import { type Issue, SpawnError, tellIssues } from './errors.ts'
import { AS_THE_HUB } from './policy/judge-context.ts'
import type { Verdict } from './policy/judge-entry.ts'
import { type JudgedRequest, judgeLayers, judgeSizes, trustsImage } from './policy/judge-layers.ts'
import { judgeServerNames } from './policy/judge-server-names.ts'
import { BUILT_IN_POLICY, type Policy } from './policy/policy.ts'
import { refuseDuplicates } from './policy/refuse-duplicates.ts'
import { refuseServerHosts } from './policy/refuse-server-hosts.ts'
import { isOurLabel, type ServerLabels, writeLabels } from './server/labels.ts'
import { addHost, serverHost } from './server/server-host.ts'
import { DEFAULT_PREFIX, ownerHash, serviceName } from './server/service-name.ts'
import { assembleSpec, findEntry, lastWins, refusedSpec } from './settings/assemble-spec.ts'
import { CONTAINER, type Entry } from './settings/entries.ts'
import { readEnvironment } from './settings/environment.ts'
import { type Layers, mergeConfig } from './settings/merge-config.ts'
import { addConstraints } from './settings/placement.ts'
import { refuseAmounts, refuseCrowds } from './settings/refuse-amounts.ts'
import { refuseSwapAlone } from './settings/resources.ts'
import type { Placeholders } from './settings/template.ts'
import type { StartRequest } from './start-request.ts'

/** Where a notebook server listens unless the hub says otherwise. */
const DEFAULT_PORT = 8888
/** JupyterHub's own default of `start_timeout`. */
const DEFAULT_START_TIMEOUT_S = 60

/** The spec of a server, and which setting each of its values came from, by the spec's dotted paths. */
export type BuiltSpec = {
  spec: ServiceSpec
  labels: ServerLabels
  sources: Record<string, string>
  warnings: string[]
  /** Whether the registry credentials of the service may go with the image. */
  isTrustedImage: boolean
}

/** A spec as it would be, and what the policy says of it. */
export type PlannedSpec = BuiltSpec & { policy: Verdict[] }

/**
 * Makes the service spec of a server. Throws `invalid_config`, `invalid_name`, or `not_allowed` with all that the
 * policy refuses; the Engine is not asked.
 */
export const buildSpec = (
  hub: string,
  request: StartRequest,
  policy: Policy = BUILT_IN_POLICY,
  networkNames?: ReadonlyMap<string, JoinedNetwork>,
  dataRoot?: string,
): BuiltSpec => {
  const { policy: verdicts, ...built } = planSpec(hub, request, policy, networkNames, dataRoot)
  refuse(verdicts)
  refuseCrowds(built.spec)
  return built
}

/** The same without the refusals of the policy, but for options that are too large to be read. */
export const planSpec = (
  hub: string,
  request: StartRequest,
  policy: Policy,
  networkNames: ReadonlyMap<string, JoinedNetwork> = new Map(),
  dataRoot?: string,
): PlannedSpec => {
  const { labels, placeholders, prefix } = serverOf(hub, request)
  const host = serverHost(labels)
  const ofHub = hubEntries(labels, request)
  const judged = {
    policy,
    names: { ...placeholders, '{hub}': hub },
    groups: request.groups,
    networkNames,
    dataRoot,
    ofHub,
    ownNames: [labels.serviceName, host],
  }
  const layers = readLayers(request, placeholders, judged)
  const { defaults, admin, user } = layers
  // Each layer for itself: what overwrites a value does not make it allowed.
  const verdicts = [
    ...judgeServerNames({ hub, hubs: policy.hubs, serviceName: labels.serviceName, prefix }, [
      ...admin,
      ...user,
    ]),
    ...judgeLayers(layers, judged),
  ]
  const added = addConstraints(user, admin)
  const entries = lastWins([...defaults, ...admin, ...added, ...stillOfHub(ofHub, user, verdicts)])
  const withArgs = lastWins([...entries, ...argsEntries(entries, request)])
  const assembled = assembleSpec(withArgs)
  refuseSwapAlone(withArgs)
  const { spec, paths } =
    request.config.url_host === 'service'
      ? { spec: assembled, paths: [] }
      : addHost(assembled, host, networkNames)
  const isTrustedImage = trustsImage(spec.TaskTemplate.ContainerSpec.Image, layers, judged)
  return {
    spec,
    labels,
    sources: Object.fromEntries([
      ...withArgs.map(({ path, from }) => [path.join('.'), from]),
      ...paths.map((path) => [path, 'hub']),
    ]),
    warnings: warn(entries, request, isTrustedImage),
    isTrustedImage,
    policy: verdicts,
  }
}

/** Reads settings and options; throws for what nobody may ask for. What is too large costs no more than its bytes. */
const readLayers = (
  request: StartRequest,
  placeholders: Placeholders,
  judged: JudgedRequest,
): Layers => {
  refuseIssues(judgeSizes(request, judged))
  const { config, user_options, env, cmd, args } = request
  refuseAmounts({ ...config, env, cmd, args, user_options })
  const layers = mergeConfig({ ...request.config }, request.user_options, placeholders)
  const asked = [...layers.admin, ...layers.user]
  refuseOurLabels(asked)
  refuseServerHosts(asked, judged.ownNames.at(-1))
  refuseDuplicates(asked, judged.networkNames)
  return layers
}

/** Throws all that the policy refuses. */
export const refuse = (verdicts: readonly Verdict[]): void => {
  const issues = verdicts
    .filter(({ verdict }) => verdict === 'refused')
    .map(({ from, rule }) => ({ path: from, message: rule }))
  refuseIssues(issues)
}

const refuseIssues = (issues: Issue[]): void => {
  if (issues.length > 0) throw new SpawnError('not_allowed', tellIssues(issues).message, issues)
}

/** Who the server is, and what the placeholders of its settings stand for. */
const serverOf = (hub: string, request: StartRequest) => {
  const { username, server_name } = request.server
  const { config } = request
  const service_prefix = request.server.service_prefix ?? config.service_prefix ?? undefined
  const name = serviceName({ username, server_name, service_prefix })
  const owner = ownerHash(username)
  const suffix = name.slice(name.indexOf(owner) + owner.length + 1)
  const labels: ServerLabels = {
    hub,
    serviceName: name,
    username,
    serverName: server_name,
    spawnId: request.spawn_id,
    issuedAt: request.issued_at,
    port: request.port ?? config.service_port ?? DEFAULT_PORT,
    startTimeoutS: request.start_timeout ?? config.start_timeout ?? DEFAULT_START_TIMEOUT_S,
  }
  const placeholders = {
    '{username}': owner,
    '{server_name}': suffix,
    '{raw_username}': username,
  }
  return { labels, placeholders, prefix: service_prefix ?? DEFAULT_PREFIX }
}

/** What only the hub may say: the service's name, its environment, and our labels. */
const hubEntries = (labels: ServerLabels, { env }: StartRequest): Entry[] => [
  { path: ['Name'], value: labels.serviceName, from: 'hub' },
  ...Object.entries(writeLabels(labels)).flatMap(([label, value]) => [
    { path: ['Labels', label], value, from: 'hub' },
    // On each task too, so that one look at the tasks tells whose they are.
    { path: [...CONTAINER, 'Labels', label], value, from: 'hub' },
  ]),
  // A user's name and options are in it: what looks like an Engine template there is text.
  ...readEnvironment(env, 'env', { asText: true }),
]

/** The hub's entries without the variables that the policy lets the user change. */
const stillOfHub = (
  ofHub: readonly Entry[],
  user: readonly Entry[],
  verdicts: readonly Verdict[],
): Entry[] => {
  const kept = new Set(
    verdicts.flatMap(({ from, verdict, rule }) =>
      verdict === 'refused' || rule === AS_THE_HUB.rule ? [from] : [],
    ),
  )
  const changed = user.filter(({ path, from }) => path[2] === 'Env' && !kept.has(from))
  const names = new Set(changed.map(({ path }) => path[3]))
  return ofHub.filter(({ path }) => path[2] !== 'Env' || !names.has(path[3]))
}

/** The command is container_spec.args, else the hub's cmd; the hub's args follow. */
const argsEntries = (entries: readonly Entry[], { cmd, args }: StartRequest): Entry[] => {
  const given = findEntry(entries, [...CONTAINER, 'Args'].join('.'))
  const base = given ?? (cmd?.length ? { value: cmd, from: 'cmd' } : undefined)
  const words = base?.value ?? []
  // Something else than a list is left for the schema to refuse.
  if (!Array.isArray(words) || (words.length === 0 && !args?.length)) return []
  return [
    {
      path: [...CONTAINER, 'Args'],
      value: [...words, ...(args ?? [])],
      from: [base?.from, args?.length ? 'args' : undefined].filter(Boolean).join(', '),
    },
  ]
}

const refuseOurLabels = (entries: readonly Entry[]): void => {
  const ours = entries.find(({ path }) => path.includes('Labels') && isOurLabel(path.at(-1) ?? ''))
  if (ours) throw refusedSpec([{ path: ours.from, message: 'is a label of the spawner itself' }])
}

const warn = (
  entries: readonly Entry[],
  { args, cmd }: StartRequest,
  isTrustedImage: boolean,
): string[] => {
  const networks = findEntry(entries, 'TaskTemplate.Networks')?.value
  return [
    ...(Array.isArray(networks) && networks.length > 0
      ? []
      : ['networks: none, so that neither the hub nor its proxy can reach the server']),
    ...(args?.length && !cmd?.length && !findEntry(entries, 'TaskTemplate.ContainerSpec.Args')
      ? ["args: they replace the image's own command; set cmd or container_spec.args too"]
      : []),
    ...(isTrustedImage
      ? []
      : [
          "image: the service's registry credentials don't go with it; the policy does not name it",
        ]),
  ]
}
