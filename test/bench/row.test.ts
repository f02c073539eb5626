import { expect, test } from 'vitest'
import { atMost } from '../../bench/row.ts'
import { renderTable } from '../../bench/table.ts'
import { exitCodeOf } from '../../bench/verdict.ts'

const row = { what: 'calls', measured: 2, unit: 'calls', from: '4 for 2 polls', seen: 4 } as const

test('a number that is not above its limit is ok, and the bench ends with 0', () => {
  expect(atMost(2, row).ok).toBe(true)
  expect(exitCodeOf([atMost(2, row), atMost(3, row)])).toBe(0)
})

test('a number above its limit, or none, is not ok, and the bench ends with 1', () => {
  for (const measured of [2.01, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(atMost(2, { ...row, measured }).ok).toBe(false)
    expect(exitCodeOf([atMost(3, row), atMost(2, { ...row, measured })])).toBe(1)
  }
})

test('a number made of nothing is not ok, however small it is, and the table says why', () => {
  const unseen = atMost(2, { ...row, measured: 0, seen: 0 })
  expect(exitCodeOf([unseen])).toBe(1)
  expect(renderTable([unseen])).toMatch(/0\.00 calls .* NO .*nothing was measured; 4 for 2 polls/)
})

test('a bench without any row ends with 1', () => {
  expect(exitCodeOf([])).toBe(1)
})
