import { expect, test } from 'vitest'
import { hasEnded, hasEndedByItself, hasStopped, isRestarted } from '../../src/docker/task-ends.ts'
import { TaskState } from '../../src/docker/tasks.ts'

test('a task has ended from the state `complete` on, in the order of Swarm', () => {
  const states = TaskState.options
  expect(states.filter(hasEnded)).toEqual(states.slice(states.indexOf('complete')))
})

test('a task that Swarm removed or gave up may still have a container', () => {
  const states = TaskState.options.filter(hasEnded)
  expect(states.filter((state) => !hasStopped(state))).toEqual(['remove', 'orphaned'])
})

test('a task that Swarm shut down, removed or gave up did not end by itself', () => {
  const states = TaskState.options.filter(hasEnded)
  const ofSwarm = states.filter((state) => !hasEndedByItself(state))
  expect(ofSwarm).toEqual(['shutdown', 'remove', 'orphaned'])
})

test.each([
  ['none', false, false],
  ['on-failure', true, false],
  ['any', true, true],
  [undefined, true, true],
])(
  'the restart condition %s starts a failed task again: %s, a complete one: %s',
  (condition, failed, complete) => {
    expect(['failed', 'complete'].map((state) => isRestarted(state, condition))).toEqual([
      failed,
      complete,
    ])
  },
)
