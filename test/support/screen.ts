import { characterWidth } from '../../cli/text-width.ts'

type Size = { columns: number; rows: number }

const ESCAPE = String.fromCharCode(27)
const ONE = new RegExp(`^${ESCAPE}\\[(\\d*)([AJ])$`)
const EACH = new RegExp(`${ESCAPE}\\[\\d*[A-Z]|.`, 'gsu')

/** A terminal in memory: it wraps, and knows the sequences that the progress bar writes. */
export const createScreen = (size: Size) => {
  const lines: string[][] = [[]]
  let [row, column] = [0, 0]
  const put = (character: string) => {
    const width = characterWidth(character)
    if (column + width > size.columns) {
      row += 1
      column = 0
    }
    const line = lines[row] ?? []
    lines[row] = line
    if (width === 0) line[column - 1] += character
    else line[column] = character
    if (width === 2) line[column + 1] = ''
    column += width
  }
  const obey = (sequence: string) => {
    const [, count, letter] = ONE.exec(sequence) ?? []
    if (letter === 'A') row = Math.max(0, row - Number(count || 1))
    else if (letter === 'J') {
      lines.length = row + 1
      lines[row]?.splice(column)
    } else if (sequence === '\r') column = 0
    else if (sequence === '\n') [row, column] = [row + 1, 0]
    else put(sequence)
  }
  return {
    ...size,
    isTTY: true,
    write: (text: string | Uint8Array): boolean => {
      for (const [sequence] of String(text).matchAll(EACH)) {
        obey(sequence)
        lines[row] ??= []
      }
      return true
    },
    /** What one sees, row by row. */
    lines: (): string[] => lines.map((line) => line.join('')),
  }
}
