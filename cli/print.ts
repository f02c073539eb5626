import type { ServerState } from '../src/spawner/server-state.ts'

/** Writes a line to standard output. */
export const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** Writes a value as JSON on one line. */
export const printJson = (value: unknown): void => print(JSON.stringify(value))

/** Writes rows as columns. */
export const printTable = (rows: readonly (readonly string[])[]): void => {
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
