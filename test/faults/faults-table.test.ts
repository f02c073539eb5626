import { describe, expect, test } from 'vitest'
import type { FaultRow } from './fault-row.ts'
import { faultsIn, faultsTable, withoutTimes } from './faults-table.ts'

const row: FaultRow = {
  section: 'A start that fails',
  fault: 'image missing',
  answer: 'failed: No such image',
  user_message: 'There is no image.',
  seconds: 0.4,
  left: 'nothing',
  file: 'test/faults/real-starts.test.ts',
  nth: 0,
}

describe('the table of faults', () => {
  test('the table of faults has a line for each row, below the name of its section', () => {
    const table = faultsTable([{ ...row, section: 'Load' }, row])
    expect(table).toContain('## A start that fails\n\n| fault |')
    expect(table).toContain(
      '| image missing | failed: No such image | There is no image. | under 1 s | nothing |',
    )
    expect(table.indexOf('## A start')).toBeLessThan(table.indexOf('## Load'))
  })

  test('the table of faults keeps its columns, whatever the Engine says', () => {
    const table = faultsTable([{ ...row, answer: 'a | b\nc' }])
    expect(table).toContain(
      '| image missing | a \\| b c | There is no image. | under 1 s | nothing |',
    )
  })

  test('the table of faults shows what looks like a tag', () => {
    const table = faultsTable([{ ...row, answer: 'docker node update <node>' }])
    expect(table).toContain('| docker node update \\<node> |')
  })

  test('the table of faults says which faults are in it', () => {
    const table = faultsTable([row, { ...row, fault: 'a | b' }])
    expect(faultsIn(table)).toEqual([
      '## A start that fails',
      '| fault',
      '| image missing',
      '| a \\| b',
    ])
  })

  test('the table of faults is the same in two runs but for the times', () => {
    const [one, other] = [0.4, 12.6].map((seconds) => faultsTable([{ ...row, seconds }]))
    expect(one).not.toBe(other)
    expect(withoutTimes(one ?? '')).toBe(withoutTimes(other ?? ''))
    expect(withoutTimes(faultsTable([{ ...row, left: 'a service' }]))).not.toBe(
      withoutTimes(one ?? ''),
    )
  })
})
