import type { EngineFacts } from '../engine/engine-facts.ts'
import type { Issue } from '../errors.ts'
import { findEntry, lastWins } from '../settings/assemble-spec.ts'
import { CONTAINER, type Entry } from '../settings/entries.ts'
import type { Layers } from '../settings/merge-config.ts'
import type { Author } from '../settings/template.ts'
import type { StartRequest } from '../start-request.ts'
import { configuredBy, limitsOf } from './configured.ts'
import { isSame } from './is-same.ts'
import { judgeAmounts, type Ruled, sizeRefusal } from './judge-amounts.ts'
import { AS_THE_HUB, finding, type JudgeContext, type Limits, pathKey } from './judge-context.ts'
import { type Judgement, judgeEntry, type Verdict } from './judge-entry.ts'
import { isTrustedImage } from './judge-image.ts'
import { judgeLeftOut } from './judge-left-out.ts'
import { ceilingOf, RULE_OF } from './judge-resources.ts'
import type { Names } from './patterns.ts'
import type { Policy } from './policy.ts'

/** The policy, and everything about a request that its rules need. */
export type JudgedRequest = {
  policy: Policy
  names: Names
  /** The user's groups, by the hub's names. */
  groups: readonly string[]
  /** What the hub sets in addition to its settings: its environment. */
  ofHub: readonly Entry[]
  /** The server's own names in the DNS of its networks: the name of its service, and the host of this start. */
  ownNames: readonly string[]
}

/** What the judges know of a request, for the values of each author. */
export type Contexts = Readonly<Record<Author, JudgeContext>>

/** Gathers what the judges know of a request. */
export const contextsOf = ({ admin, user }: Layers, request: JudgedRequest): Contexts => {
  const same = {
    ownNames: request.ownNames,
    hubs: request.policy.hubs,
    configured: configuredBy([...admin, ...request.ofHub], user),
    inForce: limitsOf([...admin, ...user]),
  }
  return {
    admin: { ...ruledBy('admin', request), ...same },
    user: { ...ruledBy('user', request), ...same },
  }
}

/**
 * Judges what the hub configured and what its user asked for, each by its own rules, before they are laid over each other.
 * Returns a function that gives all verdicts. It may be called again with other facts: only the values that need the Engine
 * are judged in each call.
 */
export const judgeLayers = (
  layers: Layers,
  { admin, user }: Contexts,
): ((facts: EngineFacts) => Verdict[]) => {
  const judgements: Judgement[] = [
    ...judgeLayer(layers.admin, admin),
    judgeMissingLimits(admin),
    judgeLeftOut(layers.admin, admin),
    ...judgeLayer(layers.user, user),
  ]
  return (facts) =>
    judgements.flatMap((judgement) =>
      typeof judgement === 'function' ? judgement(facts) : judgement,
    )
}

const judgeLayer = (entries: readonly Entry[], context: JudgeContext): Judgement[] => {
  const { refused, kept } = judgeAmounts(entries, context)
  const judged = kept.map((entry) =>
    isAsHub(entry, context) ? [asHub(entry)] : judgeEntry(entry, context),
  )
  return [refused, ...judged]
}

/** Returns whether a user asks for exactly the hub's value. Resources have their own rules. */
const isAsHub = ({ path, value }: Entry, { author, configured }: JudgeContext): boolean => {
  const key = pathKey(path)
  return (
    author === 'user' &&
    path[1] !== 'Resources' &&
    configured.values.has(key) &&
    isSame(configured.values.get(key), value)
  )
}

const asHub = ({ path, from }: Entry): Verdict => ({
  path: path.join('.'),
  from,
  verdict: 'allowed',
  rule: AS_THE_HUB.rule,
})

/** Judges the size of settings and options, before they are read. */
export const judgeSizes = (
  { config, profile, user_options }: Pick<StartRequest, 'config' | 'profile' | 'user_options'>,
  request: JudgedRequest,
): Issue[] => {
  const holds = config.use_user_options || config.use_user_option
  const asked = [
    ['admin', 'config', config],
    ['admin', 'profile', profile ?? undefined],
    ['user', 'user_options', holds ? user_options : undefined],
  ] as const
  return asked.flatMap(([author, path, settings]) => {
    const why = sizeRefusal(settings, ruledBy(author, request))
    return why === undefined ? [] : [{ path, message: why }]
  })
}

/**
 * Returns whether the service may use its registry credentials for the image. It may not if only a user named
 * the image, or typed a part of its name.
 */
export const trustsImage = (image: string, layers: Layers, { admin, user }: Contexts): boolean => {
  if (findEntry(layers.user, IMAGE)) return isTrustedImage(image, user)
  return !findEntry(lastWins(layers.admin), IMAGE)?.isTyped || isTrustedImage(image, admin)
}

const IMAGE = [...CONTAINER, 'Image'].join('.')

const ruledBy = (author: Author, { policy, groups, names }: JudgedRequest): Ruled => ({
  author,
  rules: author === 'admin' ? [policy.admin] : [policy.user, ...groupRules(policy, groups)],
  names,
})

const groupRules = (policy: Policy, groups: readonly string[]) =>
  Object.entries(policy.groups).flatMap(([name, rules]) => (groups.includes(name) ? [rules] : []))

/** Refuses a missing limit where there is a ceiling, because no limit is above every ceiling. */
const judgeMissingLimits = (context: JudgeContext): Verdict[] =>
  (['NanoCPUs', 'MemoryBytes', 'SwapBytes', 'Pids'] as const)
    .filter((field) => {
      const ceiling = ceilingOf(field, context)
      return ceiling !== undefined && isMissing(field, context.configured.limits, ceiling)
    })
    .map((field) => ({
      path: `TaskTemplate.Resources.${field === 'SwapBytes' ? field : `Limits.${field}`}`,
      from: `resource_spec.${SETTING[field]}`,
      verdict: 'refused',
      rule: finding(context, `resources.${RULE_OF[field]}`, 'a limit has to be set').rule,
    }))

/**
 * Returns whether a limit is missing. 0 means no limit, except for swap, where it means no swap. If nothing is
 * said, the Engine gives as much swap as memory.
 */
const isMissing = (field: keyof typeof SETTING, limits: Limits, ceiling: number): boolean => {
  if (field !== 'SwapBytes') return !limits[field]
  const { SwapBytes, MemoryBytes } = limits
  return SwapBytes === undefined && !(MemoryBytes && MemoryBytes <= ceiling)
}

const SETTING = {
  NanoCPUs: 'cpu_limit',
  MemoryBytes: 'mem_limit',
  SwapBytes: 'memory_swap',
  Pids: 'Limits.Pids',
} as const
