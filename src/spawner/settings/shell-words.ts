import { invalid } from './entries.ts'

/**
 * White space, or one word with its quotes. The parts of a word begin with different characters, so the time
 * for a match grows only in step with the text.
 */
const TOKEN = /[ \t\r\n]+|(?:[^ \t\r\n"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/sy
const BLANK = /^[ \t\r\n]/
const QUOTED = /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs

/** A call may have 20,000 values. One text may not have more words than that. */
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
        `has a quote that is not closed, or a backslash at the end; write a list: ["echo", "it's fine"]`,
      )
    if (!BLANK.test(token)) words.push(token.replace(QUOTED, withoutQuotes))
    if (words.length > MAX_WORDS) throw invalid(at, `has more than ${MAX_WORDS} words`)
  }
  return words
}

/** In double quotes, a backslash escapes only a quote or a backslash. In single quotes it stands for itself. */
const withoutQuotes = (_: string, escaped?: string, double?: string, single?: string): string =>
  escaped ?? double?.replace(/\\(["\\])/g, '$1') ?? single ?? ''
