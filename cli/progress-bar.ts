import { MAX_MESSAGE_LENGTH, printable } from '../src/spawner/errors.ts'
import type { ServerEvent } from '../src/spawner/state/events.ts'
import { plainLine } from './print.ts'

const WIDTH = 24
/** Old terminals have 80 columns, and some tell no number. */
const DEFAULT_COLUMNS = 80

type Output = Pick<NodeJS.WriteStream, 'isTTY' | 'write'> & { columns?: number }
type Progress = {
  /** Shows an event once. With `hasFailed` the end of the way is no success. */
  show: (event: ServerEvent, hasFailed?: boolean) => void
  end: () => void
}

/** Shows progress as a bar on a terminal, and otherwise one line for each event. */
export const createProgress = (output: Output): Progress => {
  const seen = new Set<string>()
  const drawn = (progress: number, reached: string, message: string): string => {
    const begin = `${bar(progress)} ${reached} `
    // A line that wraps could not be cleared: the terminal clears only the last row of it.
    const room = (output.columns ?? DEFAULT_COLUMNS) - begin.length - 1
    return `\r\x1b[K${begin}${fitted(printable(message, MAX_MESSAGE_LENGTH), room)}`
  }
  return {
    show: ({ seq, progress, message }, hasFailed = false) => {
      if (seen.has(seq)) return
      seen.add(seq)
      const reached = hasFailed && progress >= 100 ? 'failed' : `${String(progress).padStart(3)} %`
      output.write(
        output.isTTY ? drawn(progress, reached, message) : plainLine(`${reached} ${message}`),
      )
    },
    end: () => {
      if (output.isTTY) output.write('\n')
    },
  }
}

const bar = (progress: number): string => {
  const full = Math.round((progress / 100) * WIDTH)
  return `[${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}]`
}

/** The beginning of a text that has room in so many columns. */
const fitted = (text: string, columns: number): string => {
  let used = 0
  let end = 0
  for (const character of text) {
    used += widthOf(character)
    if (used > columns) return text.slice(0, end)
    end += character.length
  }
  return text
}

/** Characters from the Hangul letters on may be two columns wide. Taking a narrow one for wide only cuts the text sooner. */
const widthOf = (character: string): number => ((character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1)
