import { expect, test } from 'vitest'
import { laneOf } from './lane-of.ts'

test('a file that says no lane runs beside others', () => {
  expect(laneOf('a.test.ts', "import 'vitest'\n")).toEqual({ stage: 'beside', width: 1 })
})

test.each([
  ['beside', { stage: 'beside', width: 1 }],
  ['light', { stage: 'beside', width: 0.25 }],
  ['alone', { stage: 'alone', width: 1 }],
])('a file says its lane in a line: %s', (word, lane) => {
  expect(laneOf('a.test.ts', `import 'vitest'\n\n// lane: ${word} (for a reason)\n`)).toEqual(lane)
})

test('a lane that does not exist is refused, with those that do', () => {
  expect(() => laneOf('a.test.ts', '// lane: fast')).toThrow(
    'a.test.ts: "// lane: fast" is not one of beside, light, alone',
  )
})
