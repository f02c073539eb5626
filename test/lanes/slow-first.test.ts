import { expect, test } from 'vitest'
import { slowFirst } from './slow-first.ts'

test('slow files come first, unknown ones before the quick ones', () => {
  const durations = { 'slow.test.ts': 30, 'quick.test.ts': 0.5 }
  expect(slowFirst(['quick.test.ts', 'new.test.ts', 'slow.test.ts'], durations)).toEqual([
    'slow.test.ts',
    'new.test.ts',
    'quick.test.ts',
  ])
})
