import * as v from 'valibot'
import { NetworkAttachment, Resources } from '../../docker/service-spec.ts'
import { findEntry, lastWins } from '../assemble-spec.ts'
import { CONTAINER, type Entry } from '../entries.ts'
import type { Layers } from '../merge-config.ts'
import { judgeEntry, type Verdict } from './judge-entry.ts'
import { isTrustedImage } from './judge-image.ts'
import { ceilingOf, RULE_OF } from './judge-resources.ts'
import { type Configured, finding, type Judging, type Limits } from './judging.ts'
import type { Names } from './patterns.ts'
import type { Policy } from './policy.ts'

/** Who asks: the policy, and what its rules depend on. */
export type JudgedRequest = {
  policy: Policy
  names: Names
  /** The groups of the user, as the hub names them. */
  groups: readonly string[]
  /** The variables that the hub sets itself. */
  hubVariables: ReadonlySet<string>
  /** The names of networks that are called otherwise, as far as the Engine was asked. */
  networkNames: ReadonlyMap<string, string>
  /** Where the Engine keeps its own data, as far as it was asked. */
  dataRoot: string | undefined
}

/** Judges what the hub configured and what its user asked for, each by its own rules, before they are laid over each other. */
export const judgeLayers = (layers: Layers, request: JudgedRequest): Verdict[] => {
  const admin = judgingOf('admin', layers, request)
  const user = judgingOf('user', layers, request)
  return [
    ...layers.admin.flatMap((entry) => judgeEntry(entry, admin)),
    ...judgeMissingLimits(admin),
    ...layers.user.flatMap((entry) => judgeEntry(entry, user)),
  ]
}

/** Says whether the service's registry credentials may go with the image: not with one that only a user named. */
export const trustsImage = (image: string, layers: Layers, request: JudgedRequest): boolean =>
  findEntry(layers.user, IMAGE) === undefined ||
  isTrustedImage(image, judgingOf('user', layers, request))

const IMAGE = [...CONTAINER, 'Image'].join('.')
const NETWORKS = 'TaskTemplate.Networks'

const judgingOf = (
  author: 'admin' | 'user',
  { admin, user }: Layers,
  { policy, groups, ...request }: JudgedRequest,
): Judging => ({
  author,
  rules: author === 'admin' ? [policy.admin] : [policy.user, ...groupRules(policy, groups)],
  ...request,
  configured: configuredBy(admin),
  inForce: limitsOf([...admin, ...user]),
})

const groupRules = (policy: Policy, groups: readonly string[]) =>
  Object.entries(policy.groups).flatMap(([name, rules]) => (groups.includes(name) ? [rules] : []))

const configuredBy = (entries: readonly Entry[]): Configured => {
  const networks = v.safeParse(v.array(NetworkAttachment), valueAt(entries, NETWORKS))
  const image = valueAt(entries, IMAGE)
  return {
    images: typeof image === 'string' ? [image] : [],
    networks: networks.success ? networks.output.map(({ Target }) => Target) : [],
    limits: limitsOf(entries),
  }
}

const valueAt = (entries: readonly Entry[], dotted: string): unknown =>
  findEntry(lastWins(entries), dotted)?.value

const limitsOf = (entries: readonly Entry[]): Limits => {
  const limits = lastWins(entries)
    .filter(({ path }) => path[1] === 'Resources' && path[2] === 'Limits')
    .map(({ path, value }) => [path[3], value])
  const SwapBytes = valueAt(entries, 'TaskTemplate.Resources.SwapBytes')
  const result = v.safeParse(Resources, { Limits: Object.fromEntries(limits), SwapBytes })
  if (!result.success) return {}
  const swap = result.output.SwapBytes
  return { ...result.output.Limits, ...(swap !== undefined && { SwapBytes: swap }) }
}

/** No limit at all is above every ceiling. */
const judgeMissingLimits = (judging: Judging): Verdict[] =>
  (['NanoCPUs', 'MemoryBytes', 'SwapBytes', 'Pids'] as const)
    .filter((field) => isMissing(field, judging.configured.limits))
    .filter((field) => ceilingOf(field, judging) !== undefined)
    .map((field) => ({
      path: `TaskTemplate.Resources.${field === 'SwapBytes' ? field : `Limits.${field}`}`,
      from: `resource_spec.${SETTING[field]}`,
      verdict: 'refused',
      rule: finding(judging, `resources.${RULE_OF[field]}`, 'a limit has to be set').rule,
    }))

/** 0 is no limit, but of swap: there it is none of it. */
const isMissing = (field: keyof typeof SETTING, limits: Limits): boolean =>
  field === 'SwapBytes' ? limits[field] === undefined : !limits[field]

const SETTING = {
  NanoCPUs: 'cpu_limit',
  MemoryBytes: 'mem_limit',
  SwapBytes: 'memory_swap',
  Pids: 'Limits.Pids',
} as const
