import { jsonText } from '../handlers/every-call/json-text.ts'
import { printable } from '../src/spawner/errors.ts'
import type { ServerState } from '../src/spawner/state/server-state.ts'

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

/** Prints a server's state: in one line, then what an admin can do about it, and the last lines of its log. */
export const printState = (state: ServerState, prefix = ''): void =>
  print(
    `${prefix}${describe(state)}`,
    ...(state.advice ? [`  ${state.advice}.`] : []),
    ...(state.log ?? []).map((line) => `  | ${line}`),
  )

/** A server's state in one line, such as `jupyter-…-1: failed on node-1 (status 1): No such image`. */
export const describe = (state: ServerState): string => {
  const where = state.task?.node ? ` on ${state.task.node}` : ''
  const status = state.status === null ? '' : ` (status ${state.status})`
  const reason = state.reason ? `: ${state.reason}` : ''
  return `${state.service_name}: ${state.state}${where}${status}${reason}${state.url ? `, at ${state.url}` : ''}`
}
