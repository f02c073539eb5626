import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { type Job, JobSpec } from '../../../src/docker/jobs.ts'
import type { Node } from '../../../src/docker/nodes.ts'
import type { Task, TaskState } from '../../../src/docker/tasks.ts'
import { nodePulls } from '../../../src/spawner/images/node-pulls.ts'
import type { PullLabels } from '../../../src/spawner/images/pull-labels.ts'
import { pullSpec } from '../../../src/spawner/images/pull-spec.ts'

const labels: PullLabels = {
  hub: 'default',
  image: 'lab/nb:1',
  source: 'command',
  why: '',
  since: '2026-11-28T10:00:00.000Z',
  key: 'a',
  constraints: [],
  platforms: [],
}

const job: Job = {
  ID: 'job',
  Version: { Index: 1 },
  CreatedAt: labels.since,
  Spec: { Name: 'swarmspawner-pull-a', TaskTemplate: {}, Mode: { GlobalJob: {} } },
  JobStatus: { JobIteration: { Index: 2 } },
}

type Changes = {
  state?: string
  availability?: string
  os?: string
  arch?: string
  message?: string
}

const node = (ID: string, changes: Changes = {}): Node => ({
  ID,
  Spec: { Role: 'worker', Availability: changes.availability ?? 'active', Labels: {} },
  Description: {
    Hostname: `host-${ID}`,
    Platform: { OS: changes.os ?? 'linux', Architecture: changes.arch ?? 'x86_64' },
  },
  Status: {
    State: changes.state ?? 'ready',
    ...(changes.message !== undefined && { Message: changes.message }),
  },
})

let made = 0
const task = (
  NodeID: string,
  State: TaskState,
  {
    Err,
    wanted = 'complete',
    index = 2,
    service = 'job',
  }: {
    Err?: string
    wanted?: TaskState
    index?: number
    service?: string
  } = {},
): Task => ({
  ID: `task-${made}`,
  CreatedAt: new Date(Date.parse('2026-11-28T10:00:00Z') + made++ * 1000).toISOString(),
  ServiceID: service,
  NodeID,
  DesiredState: wanted,
  JobIteration: { Index: index },
  Spec: {},
  Status: { Timestamp: '2026-11-28T10:01:00Z', State, ...(Err !== undefined && { Err }) },
})

const seen = (nodes: Node[], tasks: Task[], more: Partial<PullLabels> = {}) =>
  nodePulls({ job, labels: { ...labels, ...more }, nodes, tasks })
const on = (tasks: Task[], changes: Changes = {}, more: Partial<PullLabels> = {}) =>
  seen([node('n', changes)], tasks, more)[0]

test.each([
  ['waiting', 'new'],
  ['waiting', 'pending'],
  ['waiting', 'assigned'],
  ['downloading', 'preparing'],
  ['there', 'ready'],
  ['there', 'starting'],
  ['there', 'running'],
  ['there', 'complete'],
  ['failed', 'rejected'],
] as const)('an image is %s while its task is %s', (state, of) => {
  expect(on([task('n', of)])?.state).toBe(state)
})

test('a disk that is full on one node of three is told for this node, and the others have the image', () => {
  const Err = 'write /var/lib/docker/tmp/GetImageBlob123: no space left on device'
  const nodes = ['a', 'b', 'c'].map((id) => node(id))
  const tasks = [task('a', 'complete'), task('b', 'rejected', { Err }), task('c', 'complete')]
  expect(seen(nodes, tasks).map(({ node, state, reason }) => [node, state, reason])).toEqual([
    ['host-a', 'there', null],
    ['host-b', 'failed', Err],
    ['host-c', 'there', null],
  ])
})

test('a download that Engine 29 tries again for ever says what is wrong', () => {
  const Err = 'failed to resolve reference "nowhere.example/nb:1": …'
  expect(on([task('n', 'preparing', { Err })])).toMatchObject({ state: 'downloading', reason: Err })
})

describe('an image that is there', () => {
  const Err =
    'starting container failed: failed to fulfil mount request: open /usr/bin/docker-init: no such file or directory'

  test('stays so if docker-init is missing on the node, and the words say that', () => {
    const tasks = [
      task('n', 'failed', { Err, wanted: 'shutdown' }),
      task('n', 'ready', { wanted: 'ready' }),
    ]
    expect(on(tasks)).toMatchObject({
      state: 'there',
      reason: `the image is there, but docker-init could not run in it: ${Err}`,
    })
  })

  test('is so from the failure on, before Swarm has made another task', () => {
    expect(on([task('n', 'failed', { Err })])?.state).toBe('there')
  })
})

test('of a node only the newest task counts', () => {
  const tasks = [task('n', 'rejected', { Err: 'old' }), task('n', 'complete')]
  expect(on(tasks)).toMatchObject({ state: 'there', reason: null })
  expect(on([...tasks, task('n', 'rejected', { Err: 'new' })].reverse())?.reason).toBe('new')
})

test('tasks of a former iteration and of other services do not count', () => {
  const tasks = [task('n', 'complete', { index: 1 }), task('n', 'complete', { service: 'other' })]
  expect(on(tasks)).toMatchObject({ state: 'waiting', since: null })
})

describe('a node that cannot be asked', () => {
  test('is gone while it is down, also during a download, and says why', () => {
    const down = { state: 'down', message: 'heartbeat failure' }
    expect(on([task('n', 'preparing')], down)).toMatchObject({
      state: 'gone',
      reason: 'is down: heartbeat failure',
    })
    expect(on([task('n', 'complete')], down)?.state).toBe('gone')
  })

  test('is gone when it has left the swarm', () => {
    expect(seen([], [task('n', 'complete')])).toEqual([
      { node_id: 'n', node: 'n', state: 'gone', since: null, reason: 'has left the swarm' },
    ])
  })

  test('is asked on while a new leader has not heard of it', () => {
    expect(on([task('n', 'complete')], { state: 'unknown' })?.state).toBe('there')
  })
})

test.each(['drain', 'pause'])(
  'a node that shall take no servers (%s) is not in the list',
  (availability) => {
    expect(on([], { availability })).toBeUndefined()
  },
)

test('nodes that do not meet the constraints are not in the list', () => {
  expect(on([], {}, { constraints: ['node.role==manager'] })).toBeUndefined()
  expect(on([], {}, { constraints: ['node.role==worker'] })?.state).toBe('waiting')
  expect(on([], {}, { platforms: ['linux/arm64'] })).toBeUndefined()
})

describe('a node whose platform the image does not have', () => {
  test('says so, and which platforms there are', () => {
    const more = { 'image-platforms': ['linux/amd64', 'windows/amd64'] }
    expect(on([], { arch: 'aarch64' }, more)).toMatchObject({
      state: 'failed',
      reason: 'the image has only linux/amd64, windows/amd64; this node is linux/aarch64',
    })
    expect(on([], {}, more)?.state).toBe('waiting')
  })

  test('an image for Windows alone says so on every Linux node', () => {
    const more = { 'image-platforms': ['windows/amd64'] }
    expect(on([], {}, more)?.reason).toMatch(/^the image has only windows\/amd64/)
  })

  test('a Windows node says that nothing is pulled ahead there', () => {
    const more = { 'image-platforms': ['windows/amd64'] }
    expect(on([], { os: 'windows' }, more)?.reason).toMatch(/Windows has no docker-init/)
  })

  test('a 32-bit ARM, whose name differs between images and nodes, is tried', () => {
    expect(on([], { arch: 'armv7l' }, { 'image-platforms': ['linux/any'] })?.state).toBe('waiting')
  })
})

test('words are one line of bounded length', () => {
  const Err = `first line\nsecond \u001b[31m${'x'.repeat(5000)}`
  const reason = on([task('n', 'rejected', { Err })])?.reason ?? ''
  expect(reason.length).toBe(500)
  expect(reason).toMatch(/^first line second \ufffd\[31mx/)
})

describe('the job goes only to nodes that may have the image', () => {
  const placementOf = (more: Partial<PullLabels>) =>
    pullSpec({ ...labels, ...more }).TaskTemplate.Placement

  test('it is a spec that we may send', () => {
    expect(v.safeParse(JobSpec, pullSpec(labels)).issues).toBeUndefined()
  })

  test.each([
    [{}, undefined],
    [{ 'image-platforms': ['linux/amd64'] }, [{ OS: 'linux', Architecture: 'amd64' }]],
    [
      { platforms: ['linux/arm64'], 'image-platforms': ['linux/amd64', 'linux/arm64'] },
      [{ OS: 'linux', Architecture: 'arm64' }],
    ],
    [
      { platforms: ['linux/arm64'], 'image-platforms': ['linux/amd64'] },
      [{ OS: 'none', Architecture: 'none' }],
    ],
    [{ 'image-platforms': ['linux/any'] }, [{ OS: 'linux' }]],
  ] as const)('%j', (more, Platforms) => {
    const { platforms = [], 'image-platforms': ofImage } = {
      platforms: undefined,
      'image-platforms': undefined,
      ...more,
    }
    const placement = placementOf({
      platforms: [...platforms],
      ...(ofImage && { 'image-platforms': [...ofImage] }),
    })
    expect(placement?.Platforms).toEqual(Platforms)
    expect(placement?.Constraints).toEqual(['node.platform.os==linux'])
  })
})
