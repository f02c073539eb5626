import { printable } from '../src/spawner/errors.ts'
import type { ServerState } from '../src/spawner/server-state.ts'

/** Characters that steer a terminal or turn the direction of writing; lines and tabs are ours. */
const STEERING = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu

/** Writes a line to standard output; a program's or a user's words in it can't steer the terminal. */
export const print = (text: string): void => {
  process.stdout.write(`${text.replace(STEERING, '\ufffd')}\n`)
}

/** Writes a value as JSON on one line; what steers terminals is escaped, which JSON itself asks of a few only. */
export const printJson = (value: unknown): void =>
  print(JSON.stringify(value).replace(STEERING, escaped))

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')

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
