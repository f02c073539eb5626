import type { SwarmFile } from '../../docker/files.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import { type Issue, SpawnError, tellIssues } from '../errors.ts'

/** What Swarm takes for the name of a secret or config (swarmkit, manager/controlapi/common.go). */
const NAME = /^[a-zA-Z0-9](?:[\w.-]{0,62}[a-zA-Z0-9])?$/
/** No server has as many, and so the question stays below the 8 KB that proxies allow. */
const MAX_NAMES = 64

/** Lists the secrets or configs whose names begin with one of `names`. Throws DockerErrors. */
export type ListFiles = (
  asked: { kind: 'secrets' | 'configs'; names: readonly string[] },
  signal?: AbortSignal,
) => Promise<SwarmFile[]>

type Asked = { kind: 'secrets' | 'configs'; names: readonly (string | undefined)[]; from: string }

/**
 * The spec with the ids of its secrets and configs, which are looked up where a setting has their names alone: Swarm takes no
 * reference without an id. `sources` names the settings of a refusal.
 */
export const nameFiles = async (
  list: ListFiles,
  spec: ServiceSpec,
  sources: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<ServiceSpec> => {
  const container = spec.TaskTemplate.ContainerSpec
  const { Secrets, Configs } = container
  const at = (field: string) => sources[`TaskTemplate.ContainerSpec.${field}`] ?? field
  const [secrets, configs] = await Promise.all([
    idsOf(list, { kind: 'secrets', names: unnamed(Secrets), from: at('Secrets') }, signal),
    idsOf(list, { kind: 'configs', names: unnamed(Configs), from: at('Configs') }, signal),
  ])
  if (secrets.size === 0 && configs.size === 0) return spec
  const named = {
    ...container,
    ...(Secrets && {
      Secrets: Secrets.map((one) => ({
        ...one,
        SecretID: one.SecretID ?? secrets.get(one.SecretName),
      })),
    }),
    ...(Configs && {
      Configs: Configs.map((one) => ({
        ...one,
        ConfigID: one.ConfigID ?? configs.get(one.ConfigName),
      })),
    }),
  }
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ContainerSpec: named } }
}

type Reference = { SecretID?: string | undefined; SecretName?: string } & {
  ConfigID?: string | undefined
  ConfigName?: string
}

/** The names, in their places, of those that have no id. */
const unnamed = (references: readonly Reference[] = []): (string | undefined)[] =>
  references.map(({ SecretID, ConfigID, SecretName, ConfigName }) =>
    SecretID === undefined && ConfigID === undefined ? (SecretName ?? ConfigName) : undefined,
  )

const idsOf = async (
  list: ListFiles,
  { kind, names, from }: Asked,
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> => {
  const wanted = [...new Set(names.filter((name) => name !== undefined))]
  if (wanted.length === 0) return new Map()
  if (wanted.length > MAX_NAMES)
    throw refusal([{ path: from, message: `has more than ${MAX_NAMES} names; give their ids` }])
  const possible = wanted.filter((name) => NAME.test(name))
  const found = possible.length === 0 ? [] : await list({ kind, names: possible }, signal)
  const ids = new Map(found.map(({ ID, Spec }) => [Spec.Name, ID]))
  const missing = [...names.entries()].filter(([, name]) => name !== undefined && !ids.has(name))
  if (missing.length === 0) return ids
  const message = `is not there: the swarm has no ${kind.slice(0, -1)} of this name (docker ${kind.slice(0, -1)} ls)`
  throw refusal(missing.map(([index]) => ({ path: `${from}.${index}`, message })))
}

const refusal = (issues: Issue[]): SpawnError =>
  new SpawnError('invalid_config', tellIssues(issues).message, issues)
