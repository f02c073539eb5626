import { invalid } from './entries.ts'

/**
 * White space, or one word with its quotes. The parts of a word begin with different characters, so the time of a match
 * grows with the text and no faster.
 */
const TOKEN = /[ \t\r\n]+|(?:[^ \t\r\n"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/sy
const BLANK = /^[ \t\r\n]/
const QUOTED = /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs

/** A call has so many values; a text in it has no more than all of them. */
const MAX_WORDS = 20_000

/**
 * Splits a command that is written as one text into words, as Python's `shlex.split` does. Refuses a text with a quote that
 * does not close, because its words cannot be known.
 */
export const shellWords = (text: string, at: string): string[] => {
  const words: string[] = []
  for (let start = 0; start < text.length; start = TOKEN.lastIndex) {
    TOKEN.lastIndex = start
    const [token] = TOKEN.exec(text) ?? []
    if (token === undefined)
      throw invalid(
        at,
        `has a quote or a backslash that nothing follows; write a list: ["echo", "it's fine"]`,
      )
    if (!BLANK.test(token)) words.push(token.replace(QUOTED, withoutQuotes))
    if (words.length > MAX_WORDS) throw invalid(at, `has more than ${MAX_WORDS} words`)
  }
  return words
}

/** In double quotes, a backslash escapes only a quote or a backslash. In single quotes it stands for itself. */
const withoutQuotes = (_: string, escaped?: string, double?: string, single?: string): string =>
  escaped ?? double?.replace(/\\(["\\])/g, '$1') ?? single ?? ''
