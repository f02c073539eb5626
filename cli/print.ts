import { jsonText } from '../handlers/every-call/json-text.ts'
import { printable } from '../src/spawner/errors.ts'
import { textWidth } from './text-width.ts'

/** 1 MiB is longer than any line of a program that the Engine passes on. */
const MAX_LINE_LENGTH = 1024 * 1024

/** One line for people. Texts of others in it cannot end the line or control the terminal. */
export const plainLine = (text: string): string => `${printable(text, MAX_LINE_LENGTH)}\n`

/** Writes lines to standard output, each on a line of its own. */
export const print = (...lines: readonly string[]): void =>
  void process.stdout.write(lines.map(plainLine).join(''))

/** Writes lines to standard error. */
export const printError = (...lines: readonly string[]): void =>
  void process.stderr.write(lines.map(plainLine).join(''))

/** Writes a value as JSON on one line. */
export const printJson = (value: unknown): void => void process.stdout.write(`${jsonText(value)}\n`)

/** 2048: the longest cell is a reason in the Engine's words, which has at most that many characters. */
const MAX_CELL_LENGTH = 2048

/** Prints rows as columns. Each row stays on one line, whatever its cells contain. */
export const printTable = (table: readonly (readonly string[])[]): void => {
  const rows = table.map((row) => row.map((cell) => printable(cell, MAX_CELL_LENGTH)))
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => textWidth(row[column] ?? ''))),
  )
  for (const row of rows)
    print(
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - textWidth(cell)))
        .join('  ')
        .trimEnd(),
    )
}
