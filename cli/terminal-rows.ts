import { characterWidth } from './text-width.ts'

/** 6 rows: a longer message is cut, so that the bar never scrolls out of reach. */
const MOST_ROWS = 6

/**
 * Cuts a text to the rows of a terminal that may be drawn over, and says how many rows it takes. A wide character
 * that does not fit at the end of a row goes to the next one. A terminal of unknown size has 80 columns and 24 rows.
 */
export const fitRows = (
  text: string,
  terminal: { columns?: number; rows?: number },
): { text: string; rows: number } => {
  const columns = Math.max(terminal.columns || 80, 2)
  const most = Math.min(MOST_ROWS, Math.max(1, (terminal.rows || 24) - 1))
  let [rows, column, end] = [1, 0, 0]
  for (const character of text) {
    const width = characterWidth(character)
    const isNext = column + width > columns
    // The last column of the last row is kept for the sign that says that there was more.
    if (rows === most && column + width > columns - 1 && end + character.length < text.length)
      return { text: `${text.slice(0, end)}…`, rows }
    rows += isNext ? 1 : 0
    column = isNext ? width : column + width
    end += character.length
  }
  return { text, rows }
}
