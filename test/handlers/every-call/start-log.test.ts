import { beforeEach, describe, expect, test } from 'vitest'
import type { LogEntry } from '../../../handlers/every-call/log.ts'
import { createStartLog } from '../../../handlers/every-call/start-log.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { taskless } from '../../../src/spawner/state/server-state.ts'
import { ask, createTestService, refused, send, type TestService } from '../../support/test-hub.ts'

let service: TestService
beforeEach(() => {
  service = createTestService(createSpawner(createEmbeddedEngine({ speed: 10 }).transport))
})

const server = { username: 'alice', server_name: '' }
const start = (image: string, wait_s: number, spawn_id = 'spawn-1') => ({
  server,
  spawn_id,
  start_timeout: 60,
  wait_s,
  env: { JUPYTERHUB_API_TOKEN: 'the-secret-of-alice' },
  config: { container_spec: { image }, networks: ['jupyterhub'] },
})
const ended = ({ logged }: TestService): LogEntry[] =>
  logged.filter(({ message }) => message === 'start ended')
const messages = ({ logged }: TestService) => logged.map(({ message }) => message)

describe('a start that ends', () => {
  test('is one line with user, server, service, node, image, seconds and outcome', async () => {
    // Slow enough for a look at each phase.
    service = createTestService(createSpawner(createEmbeddedEngine({ speed: 2 }).transport))
    await ask(service, 'start', start('demo/slow-pull:1', 30))
    const seconds = expect.any(Number)
    expect(ended(service)).toEqual([
      {
        level: 'info',
        message: 'start ended',
        hub: 'default',
        username: 'alice',
        server_name: '',
        service: expect.stringMatching(/^jupyter-/),
        spawn_id: 'spawn-1',
        node: expect.stringMatching(/./),
        image: 'demo/slow-pull:1',
        outcome: 'running',
        seconds,
        waiting_s: seconds,
        preparing_s: seconds,
        starting_s: seconds,
        reason: null,
      },
    ])
    expect(JSON.stringify(service.logged)).not.toContain('the-secret-of-alice')
  })

  test.each([
    ['demo/image-missing:1', 'failed', /No such image/],
    ['demo/unhealthy:1', 'failed', /unhealthy container/],
  ])('with %s is %s, with its reason', async (image, outcome, reason) => {
    await ask(service, 'start', start(image, 30))
    expect(ended(service)).toMatchObject([
      { level: 'warn', outcome, image, reason: expect.stringMatching(reason) },
    ])
  })

  test('is told once, by the call that sees the end, however often the hub asks', async () => {
    // Slow enough for a look at the download.
    service = createTestService(createSpawner(createEmbeddedEngine({ speed: 2 }).transport))
    for (let calls = 0; calls < 200 && ended(service).length === 0; calls++) {
      await ask(service, 'start', start('demo/slow-pull:1', 0.05))
      await ask(service, 'poll', { server: { ...server, spawn_id: 'spawn-1' } })
    }
    await ask(service, 'poll', { server: { ...server, spawn_id: 'spawn-1' } })
    await ask(service, 'start', start('demo/slow-pull:1', 0.05))
    expect(messages(service)).toEqual(['POST /start', 'start ended'])
    const [line] = ended(service)
    // Swarm's own times: 5 s of pulling, twice as fast.
    expect(Number(line?.['preparing_s'])).toBeGreaterThan(1)
    expect(Number(line?.['preparing_s'])).toBeLessThan(8)
  })

  test('by a stop is told, and a stop of what runs is not', async () => {
    await ask(service, 'start', start('demo/pull-forever:1', 0.05))
    await ask(service, 'stop', { server, spawn_id: 'spawn-1' })
    expect(ended(service)).toMatchObject([{ outcome: 'stopped', level: 'info', reason: null }])
    await ask(service, 'start', start('demo/notebook:1', 30, 'spawn-2'))
    await ask(service, 'stop', { server, spawn_id: 'spawn-2' })
    expect(ended(service)).toHaveLength(2)
  })

  test('because its caller left is told', async () => {
    const leaving = new AbortController()
    const call = send(service, 'start', start('demo/pull-forever:1', 30), {
      signal: leaving.signal,
    })
    setTimeout(() => leaving.abort(new DOMException('gone', 'AbortError')), 300)
    await call.catch(() => {})
    expect(ended(service)).toMatchObject([{ outcome: 'abandoned', level: 'warn' }])
  })

  test('that nothing could place has waited all the time', async () => {
    const data = { ...start('demo/no-suitable-node:1', 30), start_timeout: 1 }
    await ask(service, 'start', data)
    const [line] = ended(service)
    expect(line).toMatchObject({ outcome: 'failed', node: null })
    expect(line).not.toHaveProperty('preparing_s')
    expect(line?.['waiting_s']).toBe(line?.['seconds'])
  })
})

test('a refusal is logged each time', async () => {
  for (let calls = 0; calls < 2; calls++)
    await refused(service, 'start', { ...start('demo/notebook:1', 0), config: { nosuch: 1 } })
  expect(service.logged).toMatchObject([{ level: 'warn' }, { level: 'warn' }])
  expect(service.logged[1]).toHaveProperty('detail')
})

describe('the memory of starts', () => {
  const sight = (
    hub: string,
    username: string,
    state = taskless('s', { id: 'i', spawnId: 'p' }),
  ) => ({
    hub,
    server: { username, server_name: '' },
    state,
  })
  const runs = { ...taskless('s', { id: 'i', spawnId: 'p' }), state: 'running' as const }

  test('has a bound for each hub, and drops the oldest', () => {
    const logged: LogEntry[] = []
    const starts = createStartLog((entry) => void logged.push(entry), Date.now)
    starts.see(sight('physics', 'alice'))
    for (let number = 0; number <= 10_000; number++) starts.see(sight('lab', `user-${number}`))
    for (const user of ['user-0', 'user-1', 'user-10000']) starts.see(sight('lab', user, runs))
    starts.see(sight('physics', 'alice', runs))
    expect(logged.map(({ username }) => username)).toEqual(['user-1', 'user-10000', 'alice'])
  })

  test('texts of others are cut and plain', () => {
    const logged: LogEntry[] = []
    const starts = createStartLog((entry) => void logged.push(entry), Date.now)
    const hostile = `a\n\u001b[2J${'x'.repeat(5000)}`
    starts.see({ ...sight('lab', hostile), image: hostile })
    starts.see(sight('lab', hostile, { ...runs, state: 'failed', reason: hostile }))
    const [line] = logged
    for (const name of ['username', 'image', 'reason']) {
      expect(String(line?.[name]).length).toBeLessThanOrEqual(500)
      expect(line?.[name]).not.toMatch(/\p{Cc}/u)
    }
  })

  test('a state of another spawn does not end a start', () => {
    const logged: LogEntry[] = []
    const starts = createStartLog((entry) => void logged.push(entry), Date.now)
    starts.see(sight('lab', 'alice'))
    starts.see(sight('lab', 'alice', { ...runs, spawn_id: 'older' }))
    starts.see(sight('lab', 'alice', { ...runs, spawn_id: null, state: 'absent' }))
    expect(logged).toEqual([])
    starts.see(sight('lab', 'alice', taskless('s', { id: 'j', spawnId: 'newer' })))
    expect(logged).toMatchObject([{ outcome: 'replaced', spawn_id: 'p' }])
  })
})
