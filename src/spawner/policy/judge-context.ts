import type { Mount, Resources } from '../../docker/service-spec.ts'
import type { EngineFacts } from '../engine/engine-facts.ts'
import type { Author } from '../settings/template.ts'
import { allowedAre, allows, isAnything, type Names } from './patterns.ts'
import type { Rules } from './rules.ts'

/** What the hub has configured. It bounds what the hub's users may ask for. */
export type Configured = {
  images: readonly string[]
  networks: readonly string[]
  limits: Limits
  mounts: readonly Mount[]
  /** Whether the hub names the user that runs the server. Each image decides which number such a name has. */
  namesUser: boolean
  /** Every value that the hub sets, by `pathKey`. */
  values: ReadonlyMap<string, unknown>
  /**
   * The names of the hub's variables, in lower case, because programs read both `http_proxy` and `HTTP_PROXY`.
   */
  variables: ReadonlySet<string>
}

/** A text for a path of the spec. Different paths give different texts. */
export const pathKey = (path: readonly string[]): string => path.join('\n')

/** Returns whether a user asks for a value that the hub sets itself. */
export const isSetByHub = (
  path: readonly string[],
  { author, configured }: JudgeContext,
): boolean => author === 'user' && configured.values.has(pathKey(path))

/** The limits that are set: in billionths of a CPU, bytes, and processes. */
export type Limits = NonNullable<Resources['Limits']> & Pick<Resources, 'SwapBytes'>

/**
 * Whose values a judge has to judge, and by which rules: the author's rules and, for a user, those of each
 * group.
 */
export type JudgeContext = {
  author: Author
  rules: readonly Rules[]
  names: Names
  /** The hubs of the service. */
  hubs: readonly string[]
  configured: Configured
  /** The limits that the server would have. */
  inForce: Limits
  /** The server's own names in the DNS of its networks: the name of its service, and the host of this start. */
  ownNames: readonly string[]
}

/** The same, with what the Engine said: whose network an id is, and where the Engine's own data lies. */
export type EngineJudgeContext = JudgeContext & EngineFacts

/** The result for a value, or for one item of a list: whether it is allowed, and the rule in words. */
export type Finding = { item?: number; allowed: boolean; rule: string }

/** Judges one value of the spec. A value of the wrong type gives no findings; the schema refuses it later. */
export type Judge = (value: unknown, context: JudgeContext, path: readonly string[]) => Finding[]

/** A judge that also needs what the Engine said. Its values are judged again once the Engine was asked. */
export type EngineJudge = (
  value: unknown,
  context: EngineJudgeContext,
  path: readonly string[],
) => Finding[]

/** The patterns for a key, from all rules that apply. */
export const patternsOf = (
  { rules }: JudgeContext,
  pick: (rules: Rules) => readonly string[] | undefined,
): string[] => rules.flatMap((one) => pick(one) ?? [])

/** The finding for a value that the hub has as well. */
export const AS_THE_HUB = { allowed: true, rule: 'allowed: the hub has the same value' } as const

/** Makes a finding. `why` says why the value is refused; undefined means that it is allowed. */
export const finding = (
  { author }: Pick<JudgeContext, 'author'>,
  key: string,
  why: string | undefined,
  item?: number,
): Finding => ({
  ...(item !== undefined && { item }),
  allowed: why === undefined,
  rule:
    why === undefined
      ? `allowed by the policy (${author}.${key})`
      : `not allowed by the policy (${author}.${key}): ${why}`,
})

/** Why a list of patterns does not allow a text; undefined when it does. */
export const listRefusal = (
  patterns: readonly string[],
  text: string,
  options: { names: Names; isKept?: (text: string) => boolean; kept?: string },
): string | undefined => {
  if (allows(patterns, text, options)) return undefined
  // If `*` is listed, the text is one that `*` does not include.
  return patterns.some(isAnything) && options.kept !== undefined
    ? options.kept
    : allowedAre(patterns, options.names)
}
