import * as v from 'valibot'
import { NetworkAttachment } from '../../docker/service-spec.ts'
import { isPredefined } from '../settings/networks.ts'
import { nameRefusal } from './judge-aliases.ts'
import {
  type EngineJudge,
  type EngineJudgeContext,
  type Finding,
  finding,
  type JudgeContext,
  listRefusal,
  patternsOf,
} from './judge-context.ts'
import { judgeField } from './judge-fields.ts'
import { lineToAdd } from './line-to-add.ts'
import { fillIn } from './patterns.ts'

/** Judges each network: which one it is, the server's names in it, and the options for its driver. */
export const judgeNetworks: EngineJudge = (value, context) => {
  const result = v.safeParse(v.array(NetworkAttachment), value)
  if (!result.success) return []
  return result.output.map((attachment, item) => ({ ...judge(attachment, context), item }))
}

const judge = (
  { Target, Aliases = [], DriverOpts = {} }: v.InferOutput<typeof NetworkAttachment>,
  context: EngineJudgeContext,
): Finding => {
  const network = networkRefusal(Target, context)
  if (network !== undefined) return finding(context, 'networks', network)
  const alias = aliasesRefusal(Aliases, context)
  if (alias !== undefined) return finding(context, 'aliases', alias)
  // A network's driver accepts sysctls in these options, and a plugin may accept anything.
  const options = Object.keys(DriverOpts).length > 0 ? judgeField(DriverOpts, context, OPTIONS) : []
  return options.find(({ allowed }) => !allowed) ?? finding(context, 'networks', undefined)
}

const OPTIONS = ['DriverOpts']

/** No server needs more than 32 names in a network. */
const MAX_ALIASES = 32

/** With an alias a server could pretend to be the hub, and users' tokens would be sent to it. */
const aliasesRefusal = (aliases: readonly string[], context: JudgeContext): string | undefined => {
  if (aliases.length > MAX_ALIASES) return `at most ${MAX_ALIASES} names in a network`
  return aliases.map((alias) => nameRefusal(alias, context)).find(Boolean)
}

const networkRefusal = (target: string, context: EngineJudgeContext): string | undefined => {
  const isUser = context.author === 'user'
  if (isUser && context.configured.networks.includes(target)) return undefined
  const patterns = patternsOf(context, ({ networks }) => networks)
  const { name, keptBack } = context.networkNames.get(target) ?? { name: target }
  const why = listRefusal(patterns, name, {
    names: context.names,
    isKept: (text) => keptBack !== undefined || isPredefined(text),
    kept: keptBack ? keptWords(name, keptBack, context) : NODES_OWN,
  })
  if (why === undefined || !isUser) return why
  const listed = patterns.map((pattern) => fillIn(pattern, context.names))
  return ['it allows the networks that the hub has configured', ...listed].join(', ')
}

const NODES_OWN = "the nodes' own networks have to be listed by name"

const keptWords = (name: string, why: string, context: JudgeContext): string => {
  const listed = context.rules[0]?.networks ?? []
  return why + lineToAdd(['networks'], { text: name, listed, context, isKnown: true })
}
