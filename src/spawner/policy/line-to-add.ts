import type { JudgeContext } from './judge-context.ts'

/** Longer ones are no use to paste, and answers have a bound. */
const MAX_LENGTH = 200
const MAX_LISTED = 16
/** A longer name may be a secret that got into the wrong setting: 128 bits are 32 digits, or 22 characters of base64. */
const MAX_NAME_LENGTH = 20

/**
 * The line of a policy that would allow a hub one thing more, to be pasted: with what the list has already, since a list of a
 * policy stands in place of the built-in one. Empty for a user, who can't read the policy, and for what is too long.
 */
export const lineToAdd = (
  key: readonly [string, ...string[]],
  {
    text,
    listed,
    context,
    isKnown = false,
  }: { text: string; listed: readonly string[]; context: JudgeContext; isKnown?: boolean },
): string => {
  // A pattern would mean more than the text does.
  if (context.author === 'user' || text.length > MAX_LENGTH || /[*{}:]/.test(text)) return ''
  const pattern = asPattern(text, context)
  if (!isKnown && !isTold(pattern)) return ''
  if (listed.length > MAX_LISTED)
    return `; to allow it, add to ${['admin', ...key].join('.')} of the policy: ${quote(pattern)}`
  const list = `[${[pattern, ...listed.filter((one) => one !== pattern)].map(quote).join(', ')}]`
  const line = key.reduceRight((inner, name) => `{${name}: ${inner}}`, list)
  return `; to allow it, add to the policy: admin: ${line}`
}

/** Says whether a text may stand in a refusal, which is logged: a path, or what is short for a name. */
export const isTold = (text: string): boolean =>
  text.startsWith('/') || text.replace(/\{\w+\}/g, '').length <= MAX_NAME_LENGTH

/** YAML's plain quotes, in which nothing but themselves has a meaning. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Puts the placeholder in place of this user's own name, because the line is for all users. */
const asPattern = (text: string, { names }: JudgeContext): string =>
  text
    .replaceAll(names['{username}'], '{username}')
    .split('/')
    .map((part) => (part === names['{raw_username}'] ? '{raw_username}' : part))
    .join('/')
