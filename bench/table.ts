import type { Row } from './row.ts'

const HEAD = ['what', 'measured', 'limit', 'ok', 'from']

/** Writes rows as a Markdown table that is readable as plain text as well. */
export const renderTable = (rows: readonly Row[]): string => {
  const lines = [HEAD, HEAD.map(() => '-'), ...rows.map(cells)]
  const widths = HEAD.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  return lines.map((line) => renderLine(line, widths)).join('\n')
}

const cells = ({ what, measured, limit, unit, ok, from, seen }: Row): string[] => [
  what,
  `${round(measured)} ${unit}`,
  `${round(limit)}`,
  ok ? 'yes' : 'NO',
  seen > 0 ? from : `nothing was measured; ${from}`,
]

const round = (value: number): string => value.toFixed(value < 10 ? 2 : 0)

const renderLine = (line: readonly string[], widths: readonly number[]): string => {
  const padded = line.map((cell, column) =>
    cell.padEnd(widths[column] ?? 0, cell === '-' ? '-' : ' '),
  )
  return `| ${padded.join(' | ')} |`
}
