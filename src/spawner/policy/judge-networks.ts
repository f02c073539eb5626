import * as v from 'valibot'
import { NetworkAttachment } from '../../docker/service-spec.ts'
import { isPredefined } from '../networks.ts'
import { finding, type Judge, type Judging, listRefusal, patternsOf } from './judging.ts'
import { fillIn } from './patterns.ts'

/** Networks, each: users have those that the hub has configured, without names of their own in them. */
export const judgeNetworks: Judge = (value, judging) => {
  const result = v.safeParse(v.array(NetworkAttachment), value)
  if (!result.success) return []
  return result.output.map((attachment, item) =>
    finding(judging, 'networks', refusal(attachment, judging), item),
  )
}

const refusal = (
  { Target, Aliases, DriverOpts }: v.InferOutput<typeof NetworkAttachment>,
  judging: Judging,
): string | undefined => {
  const isUser = judging.author === 'user'
  // With an alias a server could pass for the hub, and be sent its users' tokens.
  if (isUser && (Aliases ?? DriverOpts)) return 'names of networks only, without aliases or options'
  if (isUser && judging.configured.networks.includes(Target)) return undefined
  return networkRefusal(judging.networkNames.get(Target) ?? Target, judging)
}

const networkRefusal = (name: string, judging: Judging): string | undefined => {
  const patterns = patternsOf(judging, ({ networks }) => networks)
  const why = listRefusal(patterns, name, {
    names: judging.names,
    isKept: isPredefined,
    kept: "the nodes' own networks have to be listed by name",
  })
  if (why === undefined || judging.author === 'admin') return why
  const listed = patterns.map((pattern) => fillIn(pattern, judging.names))
  return ['allowed are those that the hub has configured', ...listed].join(', ')
}
