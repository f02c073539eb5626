import { invalid } from './entries.ts'

/** What the placeholders of mounts, labels and aliases stand for, for one server. */
export type Placeholders = {
  /** The owner's hash: the md5 of the user name in hex. */
  '{username}': string
  /** The server's part of the service name: `1` for the default server. */
  '{server_name}': string
  /** The user name itself. */
  '{raw_username}': string
  /** The user name as dockerspawner writes it; undefined for a name that it can't stand for. */
  '{escaped_username}'?: string | undefined
  /** The user name as dockerspawner before 12 writes it; undefined for a name that it can't stand for. */
  '{legacy_escaped_username}'?: string | undefined
  /** The server's name as dockerspawner writes it, empty for the default server; undefined if it can't stand for it. */
  '{escaped_server_name}'?: string | undefined
}

/** The placeholders, as settings have them. */
export const PLACEHOLDER_WORDS = [
  '{username}',
  '{server_name}',
  '{raw_username}',
  '{escaped_username}',
  '{legacy_escaped_username}',
  '{escaped_server_name}',
] as const satisfies readonly (keyof Placeholders)[]

export type PlaceholderWord = (typeof PLACEHOLDER_WORDS)[number]

/** Finds placeholders; as a separator, it keeps them in the list of the parts. */
export const PLACEHOLDER =
  /(\{(?:username|server_name|raw_username|escaped_username|legacy_escaped_username|escaped_server_name)\})/g

/** What is in braces, from the first brace of a run: such a match takes no longer than the text is. */
const IN_BRACES = /(?<!\{)(\{+)([^{}]*)(\}+)/g

/** A name as Python's `format` has it, with its attributes, keys and conversion. */
const WORD = /^\s*[A-Za-z_][\w.-]*(?:\[\w+\])?(?:![a-z])?\s*$/

/** A longer word is not told: it may be no word but a secret. */
const MAX_TOLD = 40

/**
 * Refuses a word in braces that is not a placeholder: left as it is, all users would share what it names. Other braces are
 * left alone, such as those of `{{.Node.Hostname}}` or of a regular expression.
 */
export const refuseUnknownWords = (text: string, at: string): void => {
  if (!text.includes('{')) return
  for (const [, open = '', inside = '', close = ''] of text.matchAll(IN_BRACES)) {
    const depth = Math.min(open.length, close.length)
    const why = depth === 1 ? wordRefusal(inside) : doubledRefusal(inside.trim(), depth)
    if (why !== undefined) throw invalid(at, why)
  }
}

const wordRefusal = (inside: string): string | undefined => {
  if (!WORD.test(inside) || isPlaceholder(`{${inside}}`)) return undefined
  const told = inside.length > MAX_TOLD ? 'a word in braces' : `{${inside}}`
  return `${told} is not a placeholder; known are ${PLACEHOLDER_WORDS.join(', ')}`
}

/** The spawner of 2017 formatted texts twice, so its users had to double the braces. */
const doubledRefusal = (inside: string, depth: number): string | undefined => {
  if (isPlaceholder(`{${inside}}`))
    return `{{${inside}}} has doubled braces, which the old spawner needed; write {${inside}}`
  if (depth < 3 || !/^\.[\w.]*$/.test(inside) || inside.length > MAX_TOLD) return undefined
  return `{{{{${inside}}}}} has doubled braces, which the old spawner needed; write {{${inside}}}`
}

const isPlaceholder = (text: string): boolean => PLACEHOLDER_WORDS.some((word) => word === text)
