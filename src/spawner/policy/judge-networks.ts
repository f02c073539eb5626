import * as v from 'valibot'
import { NetworkAttachment } from '../../docker/service-spec.ts'
import { isPredefined } from '../settings/networks.ts'
import { nameRefusal } from './judge-aliases.ts'
import { judgeField } from './judge-fields.ts'
import {
  type Finding,
  finding,
  type Judge,
  type Judging,
  listRefusal,
  patternsOf,
} from './judging.ts'
import { lineToAdd } from './line-to-add.ts'
import { fillIn } from './patterns.ts'

/** Networks, each: which one, the names that the server would have in it, and what its driver is told. */
export const judgeNetworks: Judge = (value, judging) => {
  const result = v.safeParse(v.array(NetworkAttachment), value)
  if (!result.success) return []
  return result.output.map((attachment, item) => ({ ...judge(attachment, judging), item }))
}

const judge = (
  { Target, Aliases = [], DriverOpts = {} }: v.InferOutput<typeof NetworkAttachment>,
  judging: Judging,
): Finding => {
  const network = networkRefusal(Target, judging)
  if (network !== undefined) return finding(judging, 'networks', network)
  const alias = aliasesRefusal(Aliases, judging)
  if (alias !== undefined) return finding(judging, 'aliases', alias)
  // The driver of a network takes sysctls there, and the plugin of one takes anything.
  const options = Object.keys(DriverOpts).length > 0 ? judgeField(DriverOpts, judging, OPTIONS) : []
  return options.find(({ allowed }) => !allowed) ?? finding(judging, 'networks', undefined)
}

const OPTIONS = ['DriverOpts']

/** More are not meant for one server. */
const MAX_ALIASES = 32

/** With an alias a server could pass for the hub, and be sent its users' tokens. */
const aliasesRefusal = (aliases: readonly string[], judging: Judging): string | undefined => {
  if (aliases.length > MAX_ALIASES) return `at most ${MAX_ALIASES} in a network`
  return aliases.map((alias) => nameRefusal(alias, judging)).find(Boolean)
}

const networkRefusal = (target: string, judging: Judging): string | undefined => {
  const isUser = judging.author === 'user'
  if (isUser && judging.configured.networks.includes(target)) return undefined
  const patterns = patternsOf(judging, ({ networks }) => networks)
  const { name, keptBack } = judging.networkNames.get(target) ?? { name: target }
  const why = listRefusal(patterns, name, {
    names: judging.names,
    isKept: (text) => keptBack !== undefined || isPredefined(text),
    kept: keptBack ? keptWords(name, keptBack, judging) : NODES_OWN,
  })
  if (why === undefined || !isUser) return why
  const listed = patterns.map((pattern) => fillIn(pattern, judging.names))
  return ['allowed are those that the hub has configured', ...listed].join(', ')
}

const NODES_OWN = "the nodes' own networks have to be listed by name"

const keptWords = (name: string, why: string, judging: Judging): string => {
  const listed = judging.rules[0]?.networks ?? []
  return why + lineToAdd(['networks'], { text: name, listed, judging, isKnown: true })
}
