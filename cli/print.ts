import { jsonText } from '../handlers/every-call/json-text.ts'
import { printable } from '../src/spawner/errors.ts'
import type { ServerState } from '../src/spawner/state/server-state.ts'

/** Longer than a line of a program that the Engine passes on. */
const MAX_LINE_LENGTH = 1024 * 1024

/** A line for people: what others have put into it stays on it, and steers no terminal. */
export const plainLine = (text: string): string => `${printable(text, MAX_LINE_LENGTH)}\n`

/** Writes lines to standard output, each on a line of its own. */
export const print = (...lines: readonly string[]): void =>
  void process.stdout.write(lines.map(plainLine).join(''))

/** Writes lines to standard error. */
export const printError = (...lines: readonly string[]): void =>
  void process.stderr.write(lines.map(plainLine).join(''))

/** Writes a value as JSON on one line. */
export const printJson = (value: unknown): void => void process.stdout.write(`${jsonText(value)}\n`)

/** A reason, in the Engine's words, is the longest there is. */
const MAX_CELL_LENGTH = 2048

/** Writes rows as columns, each on one line whatever is in its cells. */
export const printTable = (table: readonly (readonly string[])[]): void => {
  const rows = table.map((row) => row.map((cell) => printable(cell, MAX_CELL_LENGTH)))
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  for (const row of rows)
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

/** A server's state in one sentence. */
export const describe = (state: ServerState): string => {
  const where = state.task?.node ? ` on ${state.task.node}` : ''
  const status = state.status === null ? '' : ` (status ${state.status})`
  const reason = state.reason ? `: ${state.reason}` : ''
  return `${state.service_name} is ${state.state}${where}${status}${reason}${state.url ? `, at ${state.url}` : ''}`
}
