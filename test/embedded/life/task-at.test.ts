import { describe, expect, test } from 'vitest'
import { lastAttempt, type Run } from '../../../src/embedded/life/run.ts'
import { SCENARIOS } from '../../../src/embedded/life/scenarios.ts'
import { taskAt } from '../../../src/embedded/life/task-at.ts'

const START = 1_000_000

const runOf = (scenario: string, others: Partial<Run> = {}): Run => ({
  startsAt: START,
  heldUntil: START,
  scenario: SCENARIOS[scenario] ?? { moments: [] },
  restart: { condition: 'none', delayMs: 5000, maxAttempts: 0 },
  isOnOverlay: false,
  graceMs: 10_000,
  ...others,
})

const stateAt = (run: Run, ms: number, { attempt = 0, speed = 1 } = {}) => {
  const task = taskAt(run, attempt, { now: START + ms, speed })
  return task && `${task.status.State}/${task.desired}`
}

describe('the life of a task', () => {
  test('the life of a task goes on at the recorded pace', () => {
    const states = [0, 3, 55, 165, 175, 470, 1e9].map((ms) => stateAt(runOf('default'), ms))
    expect(states).toEqual(
      ['new', 'pending', 'assigned', 'preparing', 'starting', 'running', 'running'].map(
        (state) => `${state}/running`,
      ),
    )
  })

  test('the life of a task goes ten times faster at speed 10', () => {
    expect(stateAt(runOf('default'), 46, { speed: 10 })).toBe('starting/running')
    expect(stateAt(runOf('default'), 47, { speed: 10 })).toBe('running/running')
  })

  test('the life of a task never goes back, and its changes only rise', () => {
    const run = runOf('dies-later', { stop: { at: START + 3000, desired: 'remove' } })
    const tasks = Array.from({ length: 500 }, (_, i) =>
      taskAt(run, 0, { now: START + i * 10, speed: 1 }),
    )
    const changes = tasks.flatMap((task) => (task ? [task.changes] : []))
    expect(changes).toEqual(changes.toSorted((a, b) => a - b))
    expect(changes.at(-1)).toBeGreaterThan(5)
  })

  test('a task is still wanted for a moment after it has failed', () => {
    expect(stateAt(runOf('exit-3'), 675)).toBe('failed/running')
    expect(stateAt(runOf('exit-3'), 679)).toBe('failed/shutdown')
  })
})

describe('a restart', () => {
  const restarting = (scenario: string, condition: string, maxAttempts = 0) =>
    runOf(scenario, { restart: { condition, delayMs: 2000, maxAttempts } })
  const attemptsAfter = (run: Run, ms: number) =>
    lastAttempt(run, { now: START + ms, speed: 1 }) + 1

  test.each([
    ['crash-at-start', 'none', 1],
    ['crash-at-start', 'any', 3],
    ['crash-at-start', 'on-failure', 3],
    ['exit-0', 'on-failure', 1],
    ['exit-0', 'any', 3],
    ['image-missing', 'any', 4],
    ['default', 'any', 1],
    ['pull-forever', 'any', 1],
  ])(
    'a restart of %s with condition %s makes %i tasks in five seconds',
    (scenario, condition, tasks) => {
      expect(attemptsAfter(restarting(scenario, condition), 5000)).toBe(tasks)
    },
  )

  test('a restart comes MaxAttempts times at most', () => {
    expect(attemptsAfter(restarting('exit-3', 'any', 2), 1e9)).toBe(3)
  })

  test('a restart makes a task that is ready, waits for the delay, and starts', () => {
    const run = restarting('exit-3', 'any')
    const states = [692, 693, 1000, 2692, 2693, 3000].map((ms) => stateAt(run, ms, { attempt: 1 }))
    expect(states).toEqual([
      undefined,
      'new/ready',
      'ready/ready',
      'ready/ready',
      'starting/running',
      'running/running',
    ])
  })

  test('a restart is found as fast after a day', () => {
    expect(attemptsAfter(restarting('exit-3', 'any'), 86_400_000)).toBeGreaterThan(10_000)
  })

  test('a restart does not come once the service is removed', () => {
    const run = {
      ...restarting('exit-3', 'any'),
      stop: { at: START + 500, desired: 'remove' as const },
    }
    expect(attemptsAfter(run, 1e6)).toBe(1)
  })
})

describe('the end of a task whose service is removed', () => {
  const removed = (others: Partial<Run>, atMs: number, scenario = 'default') =>
    runOf(scenario, { ...others, stop: { at: START + atMs, desired: 'remove' } })

  test('the end of a task takes 1.6 s if its container runs', () => {
    const run = removed({}, 1000)
    expect([1000, 2460, 2599, 2600].map((ms) => stateAt(run, ms))).toEqual([
      'running/remove',
      'shutdown/remove',
      'shutdown/remove',
      undefined,
    ])
  })

  test('the end of a task takes 2 s more on an overlay network', () => {
    const run = removed({ isOnOverlay: true }, 1000)
    expect([4459, 4460, 4600].map((ms) => stateAt(run, ms))).toEqual([
      'running/remove',
      'shutdown/remove',
      undefined,
    ])
  })

  test('the end of a task takes the grace period more if SIGTERM is ignored', () => {
    expect(stateAt(removed({ graceMs: 3000 }, 1000, 'ignores-sigterm'), 5400)).toBe(
      'running/remove',
    )
  })

  test('the end of a task is quick if no container was started', () => {
    expect(stateAt(removed({}, 100), 301)).toBeUndefined()
    expect(stateAt(removed({}, 9000, 'image-missing'), 9201)).toBeUndefined()
  })
})
