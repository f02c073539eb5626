import { expect, test } from 'vitest'
import { roomLines } from '../../cli/room-lines.ts'
import { unknownRoom } from '../../src/spawner/state/judge-room.ts'
import { GIB, gpus, holdOn, judge, nodeOf, specOf } from '../spawner/state/room-world.ts'

const node = nodeOf('a', { GenericResources: [gpus(2)] })
const wanted = specOf({ MemoryBytes: 4 * GIB, GenericResources: [gpus(2)] })
const held = [holdOn('a', { GenericResources: [gpus(1)] }, { minute: 7 })]

test.each([
  ['nothing reserved', judge([node], []), 'It fits now.'],
  ['room', judge([node], [], wanted), 'It fits now: memory: 16 of 16 GiB free, gpu: 2 of 2 free'],
  [
    'no room',
    judge([node], held, wanted),
    'It fits later: no node has room now: gpu: 1 of 2 free, since 2026-11-28T10:07:00.000Z or longer',
  ],
  [
    'no time',
    judge(
      [node],
      held.map((hold) => ({ ...hold, since: '' })),
      wanted,
    ),
    'It fits later: no node has room now: gpu: 1 of 2 free',
  ],
  [
    'no node',
    judge([nodeOf('b')], [], wanted),
    'It fits no node: 2 of gpu are reserved, and the largest node that the constraints allow has 0',
  ],
  [
    'no answer',
    unknownRoom('GET /nodes: forbidden'),
    'It is not known whether it fits now: GET /nodes: forbidden',
  ],
])('a person reads what fits, with %s', (_, found, line) => {
  expect(roomLines(found)).toEqual([line])
})
