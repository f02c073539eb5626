import { ageOf, amountsOf } from '../src/spawner/amount-words.ts'
import { printable } from '../src/spawner/errors.ts'
import { maintenanceOf } from '../src/spawner/maintenance/maintenance.ts'
import type { Overview, SeenNode, SeenServer } from '../src/spawner/overview.ts'
import { byNeed, countLine } from '../src/spawner/overview-words.ts'
import { characterWidth, textWidth } from './text-width.ts'

/** A swarm has few nodes that need a look at; all of them would leave no room for servers. */
const MOST_NODES = 10

/** The size of a terminal. */
export type Size = { columns: number; rows: number }

/** What `swarmspawner top` shows: nodes with their room, and servers, as many as fit into the terminal. */
export const topLines = (
  { nodes, servers }: Pick<Overview, 'nodes' | 'servers'>,
  { hub, nowMs, size }: { hub: string | undefined; nowMs: number; size: Size },
): string[] => {
  const meant = servers.filter(({ labels }) => hub === undefined || labels.hub === hub)
  const head = [countLine(meant, nodes), '', ...table(nodeRows(nodes)), '']
  const room = size.rows - head.length - 2
  const sorted = meant.toSorted(byNeed)
  const shown = sorted.slice(0, Math.max(0, room - 1))
  const left = sorted.length - shown.length
  const rows = table([SERVER_HEAD, ...shown.map((server) => serverRow(server, nowMs))])
  const more = left > 0 ? [`and ${left} more`] : []
  return fitInto(size, [...head, ...rows, ...more])
}

const nodeRows = (nodes: readonly SeenNode[]): string[][] => {
  const rows = nodes
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ node, name, has, held }) => [
      name,
      node.Status.State,
      availabilityOf(node),
      amountsOf({ cpus: held.NanoCPUs / 1e9, memory_bytes: held.MemoryBytes }),
      amountsOf({ cpus: has.NanoCPUs / 1e9, memory_bytes: has.MemoryBytes }),
    ])
  const more = rows.length > MOST_NODES ? [[`and ${rows.length - MOST_NODES} more`]] : []
  return [
    ['NODE', 'STATE', 'AVAILABILITY', 'RESERVED', 'OF'],
    ...rows.slice(0, MOST_NODES),
    ...more,
  ]
}

const availabilityOf = (node: SeenNode['node']): string => {
  const maintenance = maintenanceOf(node)
  const { Availability } = node.Spec
  return maintenance ? `${Availability}, maintenance at ${maintenance.at}` : Availability
}

const SERVER_HEAD = ['USER', 'SERVER', 'HUB', 'STATE', 'NODE', 'SINCE', 'IMAGE', 'REASON']

const serverRow = ({ labels, state, since, image }: SeenServer, nowMs: number): string[] => [
  labels.username,
  labels.serverName || '-',
  labels.hub,
  state.state,
  state.task?.node ?? '-',
  ageOf(since, nowMs),
  image.replace(/@sha256:.*/, '') || '-',
  state.reason ?? '',
]

const MOST = 200

const table = (cells: readonly (readonly string[])[]): string[] => {
  const rows = cells.map((row) => row.map((cell) => printable(cell, MOST)))
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.filter(({ length }) => length > 1).map((row) => textWidth(row[column] ?? ''))),
  )
  return rows.map((row) =>
    row
      .map(
        (cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - textWidth(cell))),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** Cuts lines to a terminal: the cursor is in its last row. */
export const fitInto = ({ columns, rows }: Size, lines: readonly string[]): string[] =>
  lines.slice(0, Math.max(1, rows - 1)).map((line) => cutTo(line, columns))

/** Cuts a line to the columns of a terminal. */
const cutTo = (line: string, columns: number): string => {
  if (textWidth(line) <= columns) return line
  let [width, end] = [0, 0]
  for (const character of line) {
    width += characterWidth(character)
    // One column is for the mark.
    if (width >= columns) break
    end += character.length
  }
  return `${line.slice(0, end)}…`
}
