import { expect, test } from 'vitest'
import { whyNoneRuns } from '../../../src/spawner/state/platform-words.ts'
import { nodeOf } from './room-world.ts'

const intel = nodeOf('intel', { arch: 'x86_64' })
const arm = nodeOf('arm', { arch: 'aarch64' })
const linux = (Architecture: string) => ({ OS: 'linux', Architecture })

test.each([
  [[linux('arm64')], [intel], 'no node can run linux/arm64'],
  [[linux('arm64'), linux('s390x')], [intel], 'no node can run linux/arm64 or linux/s390x'],
  [[{ OS: 'windows', Architecture: 'amd64' }], [intel, arm], 'no node can run windows/amd64'],
  [
    ['a', 'b', 'c', 'd', 'e'].map(linux),
    [intel, arm],
    'no node can run linux/a or linux/b or linux/c or …',
  ],
  [[linux('arm64')], [intel, arm], undefined],
  [[linux('amd64')], [intel], undefined],
  [[{ OS: 'linux' }], [arm], undefined],
  [[], [intel], undefined],
  [[linux('arm64')], [], undefined],
])('an image for %j on %j: %s', (platforms, nodes, words) => {
  expect(whyNoneRuns(platforms, nodes)).toBe(words)
})

test('a node that does not tell its platform counts as one that can', () => {
  const silent = { ...intel, Description: { ...intel.Description, Platform: undefined } }
  expect(whyNoneRuns([linux('arm64')], [silent])).toBeUndefined()
})
