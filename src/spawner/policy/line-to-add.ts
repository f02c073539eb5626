import type { JudgeContext } from './judge-context.ts'

/** A longer line is not useful to paste, and an answer has a bound. */
const MAX_LENGTH = 200
const MAX_LISTED = 16
/**
 * A longer name may be a secret that got into the wrong setting: 128 bits are 32 hex digits, or 22 characters
 * of base64.
 */
const MAX_NAME_LENGTH = 20

/**
 * The line of a policy that would allow a hub one more thing, ready to paste. It includes what the list has
 * already, because a list in a policy replaces the built-in one. Empty for a user, who cannot read the policy,
 * and for a text that is too long.
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
  // As a pattern, the text would allow more than itself.
  if (context.author === 'user' || text.length > MAX_LENGTH || /[*{}:]/.test(text)) return ''
  const pattern = asPattern(text, context)
  if (!isKnown && !isTold(pattern)) return ''
  if (listed.length > MAX_LISTED)
    return `; to allow it, add to ${['admin', ...key].join('.')} of the policy: ${quote(pattern)}`
  const list = `[${[pattern, ...listed.filter((one) => one !== pattern)].map(quote).join(', ')}]`
  const line = key.reduceRight((inner, name) => `{${name}: ${inner}}`, list)
  return `; to allow it, add to the policy: admin: ${line}`
}

/** Returns whether a refusal may quote a text, since refusals are logged: a path, or a short name. */
export const isTold = (text: string): boolean =>
  text.startsWith('/') || text.replace(/\{\w+\}/g, '').length <= MAX_NAME_LENGTH

/** Quotes a text for YAML in single quotes, where only the quote itself must be escaped. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Replaces this user's name by the placeholder, because the line is for all users. */
const asPattern = (text: string, { names }: JudgeContext): string =>
  text
    .replaceAll(names['{username}'], '{username}')
    .split('/')
    .map((part) => (part === names['{raw_username}'] ? '{raw_username}' : part))
    .join('/')
