import type * as v from 'valibot'

/** What a schema expects, in words of our own. A message that a schema has stands after "must be" as well. */
const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  Array: 'a list',
  Object: 'a dict',
  integer: 'a whole number',
  safe_integer: 'a whole number',
}

/** Says what is wrong with a field, in the words of settings and not of the checker; never its value. */
export const issueWords = (issue: v.BaseIssue<unknown>): string => {
  const { expected, received, requirement, message, type, input } = issue
  if (expected === 'never') return 'is not known'
  if (received === 'undefined') return 'is missing'
  if (!message.startsWith('Invalid ')) return `must be ${message}`
  if (type === 'min_length') return 'must not be empty'
  if (type === 'max_length')
    return `must be at most ${requirement} ${typeof input === 'string' ? 'characters' : 'items'} long`
  return `must be ${WORDS[type] ?? wordsOf(expected ?? '')}`
}

/** `>=1`, `string`, `("a" | "b")`. */
const wordsOf = (expected: string): string => {
  const bound = /^([<>])=(.+)$/.exec(expected)
  if (bound) return `${bound[1] === '>' ? 'at least' : 'at most'} ${bound[2]}`
  const alternatives = expected.replace(/^\(|\)$/g, '').split(' | ')
  const words = alternatives.map((one) => WORDS[one] ?? quoted(one))
  return words.length > 1
    ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
    : (words[0] ?? 'something else')
}

/** Words of a sentence are our own. */
const quoted = (literal: string): string => {
  if (/^".*"$/.test(literal)) return `'${literal.slice(1, -1)}'`
  return literal.includes(' ') ? literal : 'something else'
}
