import { isTemplate, templateRefusal } from './engine-templates.ts'
import { finding, type Judge, type JudgeContext, patternsOf } from './judge-context.ts'
import { judgeField } from './judge-fields.ts'
import { lineToAdd } from './line-to-add.ts'
import { isAnything, matches } from './patterns.ts'

/** Placeholders that Swarm expands to a text that no other server has. */
const UNIQUE = /\{\{\s*\.(?:Service\.ID|Task\.ID|Task\.Name)\s*\}\}/

/**
 * Why a server may not have this name in the DNS of its networks; undefined when it may. Other servers look for
 * the hub in that DNS.
 */
export const nameRefusal = (name: string, context: JudgeContext): string | undefined => {
  const { author, rules, names } = context
  const patterns = patternsOf(context, ({ aliases }) => aliases)
  if (patterns.some((pattern) => !isAnything(pattern) && matches(pattern, name, names)))
    return undefined
  if (author === 'admin' && (context.ownNames.includes(name) || isOwnTemplate(name)))
    return undefined
  const why =
    "a name in the DNS of a network has to be listed, unless it is the name of the server's own service"
  const listed = rules[0]?.aliases ?? []
  return why + lineToAdd(['aliases'], { text: name, listed, context })
}

/**
 * Returns whether a template gives a name that no other server has. Swarm does not expand templates in aliases,
 * so such an alias is only a name that nobody asks for.
 */
const isOwnTemplate = (name: string): boolean =>
  /^\{\{\s*\.Service\.Name\s*\}\}$/.test(name) || UNIQUE.test(name)

/** Judges the host name. Docker's DNS gives it to everybody in the server's networks, like an alias. */
export const judgeHostname: Judge = (value, context, path) => {
  if (typeof value !== 'string') return judgeField(value, context, path)
  const isUser = context.author === 'user'
  // The value of a label could be the host of another server. In a user's text we escape all templates.
  const template = isUser ? undefined : templateRefusal(value)
  if (template !== undefined) return [finding(context, 'fields', template)]
  const [field] = judgeField(value, context, path)
  if (field?.allowed === false) return [field]
  const why = isUser && isTemplate(value) ? 'no templates' : nameRefusal(value, context)
  return [finding(context, 'aliases', why)]
}
