import type { Mount, Resources } from '../../docker/service-spec.ts'
import type { EngineFacts } from '../engine/engine-facts.ts'
import type { Author } from '../settings/template.ts'
import { allowedAre, allows, isAnything, type Names } from './patterns.ts'
import type { Rules } from './rules.ts'

/** What the hub has configured, which bounds what its users may ask for. */
export type Configured = {
  images: readonly string[]
  networks: readonly string[]
  limits: Limits
  mounts: readonly Mount[]
  /** Whether it says by a name who runs the server: the image says which number that is. */
  namesUser: boolean
  /** Every value that it sets, by `pathKey`. */
  values: ReadonlyMap<string, unknown>
  /** The variables that it sets, in small letters: programs read `http_proxy` and `HTTP_PROXY`. */
  variables: ReadonlySet<string>
}

/** A path of the spec as a text that no other path has. */
export const pathKey = (path: readonly string[]): string => path.join('\n')

/** Says whether a user asks for a value that the hub sets itself. */
export const isSetByHub = (
  path: readonly string[],
  { author, configured }: JudgeContext,
): boolean => author === 'user' && configured.values.has(pathKey(path))

/** In billionths of a CPU, bytes and processes; those that are set. */
export type Limits = NonNullable<Resources['Limits']> & Pick<Resources, 'SwapBytes'>

/** Whose values are judged, by which rules: those of the author, and of each of a user's groups. */
export type JudgeContext = {
  author: Author
  rules: readonly Rules[]
  names: Names
  /** The hubs of the service. */
  hubs: readonly string[]
  configured: Configured
  /** The limits that the server would have. */
  inForce: Limits
  /** The names that the server has in the DNS of its networks: that of its service, and its start's host. */
  ownNames: readonly string[]
}

/** The same with what the Engine said, for values that no setting explains: the id of a network, a path of a node. */
export type EngineJudgeContext = JudgeContext & EngineFacts

/** What is found about a value, or about one item of a list: the rule, and whether it is kept. */
export type Finding = { item?: number; allowed: boolean; rule: string }

/** Judges one value of the spec; one of the wrong type has no findings, for the schema refuses it. */
export type Judge = (value: unknown, context: JudgeContext, path: readonly string[]) => Finding[]

/** A judge that also needs what the Engine said. Its values are judged again once the Engine was asked. */
export type EngineJudge = (
  value: unknown,
  context: EngineJudgeContext,
  path: readonly string[],
) => Finding[]

/** All patterns of a key, of all rules that hold. */
export const patternsOf = (
  { rules }: JudgeContext,
  pick: (rules: Rules) => readonly string[] | undefined,
): string[] => rules.flatMap((one) => pick(one) ?? [])

/** What is found about a value that the hub has as well. */
export const AS_THE_HUB = { allowed: true, rule: 'as the hub has it' } as const

/** Puts a rule into words; `why` is undefined where the value is allowed. */
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

/** Why a text is not allowed by a list of patterns; undefined where it is. */
export const listRefusal = (
  patterns: readonly string[],
  text: string,
  options: { names: Names; isKept?: (text: string) => boolean; kept?: string },
): string | undefined => {
  if (allows(patterns, text, options)) return undefined
  // Where `*` is listed, it was kept back.
  return patterns.some(isAnything) && options.kept !== undefined
    ? options.kept
    : allowedAre(patterns, options.names)
}
