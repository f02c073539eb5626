import * as v from 'valibot'
import { ServiceSpec } from '../docker/service-spec.ts'
import { readEnvironment } from './container-spec.ts'
import type { Entry } from './entries.ts'
import { type Issue, SpawnError } from './errors.ts'
import { isOurLabel, type ServerLabels, writeLabels } from './labels.ts'
import { mergeConfig } from './merge-config.ts'
import { ownerHash, serviceName } from './service-name.ts'
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
}

const CONTAINER = ['TaskTemplate', 'ContainerSpec']

/** Makes the service spec of a server. Throws `invalid_config` or `invalid_name`; the Engine is not asked. */
export const buildSpec = (hub: string, request: StartRequest): BuiltSpec => {
  const { username, server_name } = request.server
  const config = { ...request.config }
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
  const merged = mergeConfig(config, request.user_options, {
    username: owner,
    server_name: suffix,
    raw_username: username,
  })
  refuseOurLabels(merged)
  const entries = lastWins([...merged, ...hubEntries(labels, request)])
  const withArgs = lastWins([...entries, ...argsEntries(entries, request)])
  return {
    spec: assemble(withArgs),
    labels,
    sources: Object.fromEntries(withArgs.map(({ path, from }) => [path.join('.'), from])),
    warnings: warn(entries, request),
  }
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
  ...readEnvironment(env, 'user', 'env'),
]

/** The command is container_spec.args, else the hub's cmd; the hub's args follow. */
const argsEntries = (entries: readonly Entry[], { cmd, args }: StartRequest): Entry[] => {
  const path = [...CONTAINER, 'Args']
  const given = entries.find((entry) => keyOf(entry) === path.join('\n'))
  const base = given?.value ?? (cmd?.length ? cmd : undefined)
  // Something else than a list is left for the schema to refuse.
  if (base !== undefined && !Array.isArray(base)) return []
  if (!args?.length) return base === undefined || given ? [] : [{ path, value: base, from: 'cmd' }]
  const from = given ? `${given.from}, args` : base ? 'cmd, args' : 'args'
  return [{ path, value: [...(base ?? []), ...args], from }]
}

const refuseOurLabels = (entries: readonly Entry[]): void => {
  const ours = entries.find(({ path }) => path.includes('Labels') && isOurLabel(path.at(-1) ?? ''))
  if (ours) throw refusedSpec([{ path: ours.from, message: 'is a label of the spawner itself' }])
}

const keyOf = ({ path }: Entry): string => path.join('\n')

/** Keeps the last entry of each path, so that each value has one origin. */
const lastWins = (entries: readonly Entry[]): Entry[] => [
  ...new Map(entries.map((entry) => [keyOf(entry), entry])).values(),
]

const assemble = (entries: readonly Entry[]): ServiceSpec => {
  const result = v.safeParse(ServiceSpec, nest(entries))
  if (result.success) return result.output
  throw refusedSpec(result.issues.map((issue) => explainIssue(issue, entries)))
}

/** Puts each value at its path; the environment becomes the Engine's list of `NAME=value`. */
const nest = (entries: readonly Entry[]): unknown => {
  const spec: Record<string, unknown> = {}
  for (const { path, value } of entries) place(spec, [...path], value)
  const env = entries.filter(({ path }) => path[2] === 'Env')
  const list = env.map(({ path, value }) => `${path[3]}=${value}`)
  place(spec, [...CONTAINER, 'Env'], list)
  return spec
}

const place = (node: Record<string, unknown>, [key, ...rest]: string[], value: unknown): void => {
  if (key === undefined) return
  const set = (item: unknown) =>
    Object.defineProperty(node, key, {
      value: item,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  if (rest.length === 0) set(value)
  else {
    const child = Object.hasOwn(node, key) ? node[key] : undefined
    const next: Record<string, unknown> = isRecord(child) ? child : {}
    set(next)
    place(next, rest, value)
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const refusedSpec = (issues: Issue[]): SpawnError =>
  new SpawnError(
    'invalid_config',
    issues.map(({ path, message }) => `${path}: ${message}`).join('; '),
    issues,
  )

/** Names the setting that a value of the spec came from, and what it should have been; never the value. */
const explainIssue = (issue: v.BaseIssue<unknown>, entries: readonly Entry[]): Issue => {
  const dotted = v.getDotPath(issue) ?? ''
  if (dotted === 'TaskTemplate.ContainerSpec.Image' && !find(entries, dotted))
    return {
      path: 'container_spec.Image',
      message: 'is missing: name the image of the notebook server',
    }
  const origin = find(entries, dotted)
  const rest = origin ? dotted.slice(origin.path.join('.').length) : ''
  const message =
    issue.expected === 'never'
      ? 'is not a field that services have'
      : // Valibot's safeInteger is alone in having no word for it.
        `must be ${issue.expected ?? 'a whole number'}`
  return { path: origin ? origin.from + rest : dotted, message }
}

const find = (entries: readonly Entry[], dotted: string): Entry | undefined =>
  entries.find(({ path }) => `${dotted}.`.startsWith(`${path.join('.')}.`))

const warn = (entries: readonly Entry[], { args, cmd }: StartRequest): string[] => {
  const has = (path: string) => find(entries, path) !== undefined
  const networks = find(entries, 'TaskTemplate.Networks')?.value
  return [
    ...(Array.isArray(networks) && networks.length > 0
      ? []
      : ['networks: none, so that neither the hub nor its proxy can reach the server']),
    ...(args?.length && !cmd?.length && !has('TaskTemplate.ContainerSpec.Args')
      ? ["args: they replace the image's own command; set cmd or container_spec.args too"]
      : []),
  ]
}
