import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { faultsIn, faultsTable, readRows, withoutTimes } from '../faults/faults-table.ts'

const page = resolve(import.meta.dirname, '../../docs/faults.md')

/**
 * Compares docs/faults.md with the rows of a complete run. Each row is checked by its own test; here the page
 * must have the same faults as the tests.
 */
export const checkFaults = (rowsFile: string): { isGood: boolean; notes: readonly string[] } => {
  const written = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const seen = faultsTable(readRows(rowsFile))
  if (faultsIn(written).join() !== faultsIn(seen).join())
    return {
      isGood: false,
      notes: [
        'docs/faults.md does not list the faults of the tests: run npm run faults, and commit it.',
      ],
    }
  const isSame = withoutTimes(written) === withoutTimes(seen)
  const note = 'docs/faults.md says it in other words than this run; npm run faults writes it anew.'
  return { isGood: true, notes: isSame ? [] : [note] }
}
