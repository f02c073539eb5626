import { http } from 'msw/http'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { readFixture } from '../../../fixtures/fixture.ts'
import { Task } from '../../../src/docker/tasks.ts'
import { poll } from '../../../src/spawner/poll.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { PULL_PATIENCE_MS, whyPullCannotSucceed } from '../../../src/spawner/state/failing-pull.ts'
import { responseOf, setupEngine } from '../../support/setup-engine.ts'

const [recorded] = v.parse(
  v.tuple([Task]),
  readFixture('29.7', 'task-list.preparing-registry-unreachable').response.json,
)
const createdAt = Date.parse(recorded.CreatedAt)
const since = Date.parse(recorded.Status.Timestamp)
const STEADY = 'Get "https://nowhere.example/v2/": dial tcp: lookup nowhere.example: no such host'

const saying = (status: Partial<Task['Status']>, more: Partial<Task> = {}): Task => ({
  ...recorded,
  ...more,
  Status: { ...recorded.Status, ...status },
})
const whyAt = (task: Task | undefined, now: number, patienceMs = PULL_PATIENCE_MS) =>
  whyPullCannotSucceed(task, { now, patienceMs })

describe('a pull that fails and is tried again', () => {
  test('a pull that fails is waited for while its words are young', () => {
    expect(whyAt(saying({ Err: STEADY }), since + 59_999)).toBeUndefined()
  })

  test('a pull that fails is given up when the same words have stood for a minute, and is quoted', () => {
    expect(whyAt(saying({ Err: STEADY }), since + 60_000)).toBe(STEADY)
    expect(whyAt(saying({ Err: STEADY }), since + 5000, 5000)).toBe(STEADY)
    expect(whyAt(saying({ Err: STEADY }), since, 0)).toBe(STEADY)
  })

  test('a pull may take its time before it fails: only the time of the words counts', () => {
    const late = saying({ Err: STEADY }, { CreatedAt: new Date(since - 3_600_000).toISOString() })
    expect(whyAt(late, since + 59_999)).toBeUndefined()
    expect(whyAt(late, since + 60_000)).toBe(STEADY)
  })

  test('a pull that fails is not given up early if the clock of its node is behind', () => {
    const behind = saying({ Err: STEADY, Timestamp: new Date(since - 3_600_000).toISOString() })
    expect(whyAt(behind, createdAt + 59_999)).toBeUndefined()
  })

  test('a pull that fails is judged by its age if each try names another port, so that Swarm renews the time', () => {
    expect(recorded.Status.Err).toContain('127.0.0.1:52660->127.0.0.1:53')
    const renewed = saying({ Timestamp: new Date(createdAt + 60_000).toISOString() })
    expect(whyAt(renewed, createdAt + 59_999)).toBeUndefined()
    expect(whyAt(renewed, createdAt + 60_000)).toBe(recorded.Status.Err)
  })

  test('a pull that fails is quoted, and waited for no longer, if its cause is not known', () => {
    const unknown = saying({ Err: 'something new' })
    expect(whyAt(unknown, since + 59_999)).toBeUndefined()
    expect(whyAt(unknown, since + 60_000)).toBe('something new')
  })

  test.each([
    'failed to resolve reference "r.example/x:1": r.example/x:1: not found',
    'unauthorized: authentication required',
    'no matching manifest for linux/amd64 in the manifest list entries',
    'Get "https://r.example/v2/": x509: certificate signed by unknown authority',
  ])('a pull that fails is given up at once if no try can do better: %s', (Err) => {
    expect(whyAt(saying({ Err }), since)).toBe(Err)
  })
})

test.each<[string, Task | undefined]>([
  ['no task', undefined],
  ['a pull that has not failed', saying({ Err: undefined })],
  ['a task that is rejected', saying({ State: 'rejected' })],
  ['a task that runs', saying({ State: 'running' })],
  ['a task that is being removed', saying({}, { DesiredState: 'remove' })],
  ['a task that was replaced', saying({}, { DesiredState: 'shutdown' })],
])('%s is no pull that fails', (_, task) => {
  expect(whyAt(task, since + 1e9)).toBeUndefined()
})

describe('a poll of Engine 29.7, as it was recorded', () => {
  const engine = setupEngine()
  const server = { username: 'alice', server_name: '' }
  const service = v.parse(
    v.looseObject({}),
    readFixture('29.7', 'service-inspect.200').response.json,
  )

  /** Polls at a moment; says the state, and which services were removed. */
  const pollAt = async (now: number) => {
    const { transport } = engine.docker('29.7')
    const removed: unknown[] = []
    engine.replay('29.7', 'node-list.200')
    engine.use(
      http.get('*/tasks', () =>
        responseOf(readFixture('29.7', 'task-list.preparing-registry-unreachable')),
      ),
      http.get('*/services/:id', ({ params }) => Response.json({ ...service, ID: params['id'] })),
      http.delete('*/services/:id', ({ params }) => {
        removed.push(params['id'])
        return responseOf(readFixture('29.7', 'service-remove.200'))
      }),
    )
    const spawner = createSpawner(transport, { now: () => now })
    const [state] = await poll(spawner, { hub: 'default', servers: [server] })
    return { state, removed }
  }

  test('a poll of Engine 29.7 tells the words and the node of a pull that fails, and removes nothing for a minute', async () => {
    const { state, removed } = await pollAt(createdAt + 59_999)
    expect(state).toMatchObject({
      state: 'starting',
      status: null,
      reason: recorded.Status.Err,
      user_message: expect.stringContaining('cannot be reached'),
      task: { state: 'preparing', node: 'node-1' },
    })
    expect(state?.events.at(-1)?.message).toBe(
      `Preparing on node-1 failed and is tried again: ${recorded.Status.Err}`,
    )
    expect(removed).toEqual([])
  })

  test('a poll of Engine 29.7 ends the server whose pull fails for more than a minute', async () => {
    const { state, removed } = await pollAt(createdAt + 60_000)
    expect(state).toMatchObject({ state: 'failed', status: 1, reason: recorded.Status.Err })
    expect(removed).toEqual([recorded.ServiceID])
  })
})
