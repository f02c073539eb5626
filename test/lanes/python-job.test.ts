import { expect, test } from 'vitest'
import { failuresIn } from './python-job.ts'

const [double, single] = ['='.repeat(70), '-'.repeat(70)]

test('failed tests are cut out of what unittest prints', () => {
  const first = `ERROR: test_a (test_poll.Poll)\n${single}\nTraceback\nValueError: a`
  const second = `FAIL: test_b (test_poll.Poll)\n${single}\nTraceback\nAssertionError: b`
  const output = `.EF\n${double}\n${first}\n\n${double}\n${second}\n\n${single}\nRan 3 tests in 0.1s\n\nFAILED`
  expect(failuresIn(output).map((text) => text.trim())).toEqual([first, second])
})

test('a run of unittest without failures has no failed tests', () => {
  expect(failuresIn(`...\n${single}\nRan 3 tests in 0.1s\n\nOK\n`)).toEqual([])
})
