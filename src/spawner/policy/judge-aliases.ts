import { isTemplate, templateRefusal } from './engine-templates.ts'
import { finding, type Judge, type JudgeContext, patternsOf } from './judge-context.ts'
import { judgeField } from './judge-fields.ts'
import { lineToAdd } from './line-to-add.ts'
import { isAnything, matches } from './patterns.ts'

/** Placeholders of which Swarm makes text that nobody else's name has. */
const UNIQUE = /\{\{\s*\.(?:Service\.ID|Task\.ID|Task\.Name)\s*\}\}/

/** Why a server may not be called so in the DNS of its networks, where others look for the hub; undefined where it may. */
export const nameRefusal = (name: string, context: JudgeContext): string | undefined => {
  const { author, rules, names } = context
  const patterns = patternsOf(context, ({ aliases }) => aliases)
  if (patterns.some((pattern) => !isAnything(pattern) && matches(pattern, name, names)))
    return undefined
  if (author === 'admin' && (context.ownNames.includes(name) || isOwnTemplate(name)))
    return undefined
  const why =
    "a name in the DNS of a network has to be listed, unless it is that of the server's own service"
  const listed = rules[0]?.aliases ?? []
  return why + lineToAdd(['aliases'], { text: name, listed, context })
}

/** Says whether a template makes a name that no other server has. Swarm does not expand templates in aliases; such an alias is a name that nobody asks for. */
const isOwnTemplate = (name: string): boolean =>
  /^\{\{\s*\.Service\.Name\s*\}\}$/.test(name) || UNIQUE.test(name)

/** A host name, which Docker's DNS tells to all who are in the server's networks, as it does an alias. */
export const judgeHostname: Judge = (value, context, path) => {
  if (typeof value !== 'string') return judgeField(value, context, path)
  const isUser = context.author === 'user'
  // A label's text could be the host of another server. A user's text is escaped.
  const template = isUser ? undefined : templateRefusal(value)
  if (template !== undefined) return [finding(context, 'fields', template)]
  const [field] = judgeField(value, context, path)
  if (field?.allowed === false) return [field]
  const why = isUser && isTemplate(value) ? 'no templates' : nameRefusal(value, context)
  return [finding(context, 'aliases', why)]
}
