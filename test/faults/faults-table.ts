import { existsSync, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { FaultRow, SECTIONS } from './fault-row.ts'

const PREFACE = `# Faults

What a caller of the service gets when something breaks, after how long, and what is left behind in the Swarm. Each row is a
test on real Docker Engines (\`test/faults\`). \`npm run faults\` runs all of them and writes this page.

- "What the caller gets" has the state and the exit code in bold, or the status and the code of a problem; then the reason, which
  is mostly the Engine's own words; and then, in italics, the advice to an admin.
- "What a student reads" is the \`user_message\` of that answer. It is empty where nothing is wrong, or where no student waits.
- "After" is the time of that run, on a machine with two cores. The tests assert an upper bound for each.
`

/** Writes docs/faults.md, rows in the order of their tests. */
export const faultsTable = (rows: readonly FaultRow[]): string =>
  [PREFACE, ...SECTIONS.flatMap((section) => sectionOf(section, rows))].join('\n')

const sectionOf = (section: string, rows: readonly FaultRow[]): string[] => {
  const own = rows.filter((row) => row.section === section)
  if (own.length === 0) return []
  const lines = own.map(({ fault, answer, user_message, seconds, left }) =>
    lineOf([fault, answer, user_message, timeOf(seconds), left]),
  )
  const head = [
    lineOf(['fault', 'what the caller gets', 'what a student reads', 'after', 'left behind']),
    '|---|---|---|---|---|',
  ]
  return [`## ${section}\n`, ...head, ...lines, '']
}

const lineOf = (cells: readonly string[]): string => `| ${cells.map(cellOf).join(' | ')} |`

/** `<name>` would be a tag, which pages leave out. */
const cellOf = (text: string): string =>
  text
    .replaceAll('|', '\\|')
    .replaceAll(/<(?=[a-z])/gi, '\\<')
    .replaceAll(/\s+/g, ' ')

const timeOf = (seconds: number): string => {
  if (seconds < 1) return 'under 1 s'
  return `${Math.round(seconds)} s`
}

/** The table without its times, which no two runs share. */
export const withoutTimes = (table: string): string =>
  table.replaceAll(/ \| (under 1|\d+) s \| /g, ' | … | ')

/** The sections and faults of a table, in its order. */
export const faultsIn = (table: string): string[] => table.match(/^(## .*|\| .*?(?= \|))/gm) ?? []

/** Reads the rows that a run has gathered, in the order of their tests; of a test that ran twice, the last one. */
export const readRows = (file: string): FaultRow[] => {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const rows = lines.map((line) => v.parse(FaultRow, JSON.parse(line)))
  const last = new Map(rows.map((row) => [`${row.file}:${row.nth}`, row]))
  return [...last.values()].sort((a, b) => a.file.localeCompare(b.file) || a.nth - b.nth)
}
