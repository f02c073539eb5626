import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createProgress } from '../../cli/progress-bar.ts'
import { log as edgeLog } from '../../handlers/edge/edge.ts'
import { jsonText } from '../../handlers/every-call/json-text.ts'
import { fetchTransport } from '../../src/docker/transport.fetch.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { printable } from '../../src/spawner/errors.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { createHostileEngine, HOSTILE, UNPRINTABLE } from '../support/hostile-engine.ts'
import { ADMIN_TOKEN, createTestService, send, type TestService } from '../support/test-hub.ts'

// What the hub's class makes of such text, hub/tests/test_hostile_text.py tells.

const overHostileEngine = () => {
  const fetch = createHostileEngine()
  const transport = fetchTransport('http://hostile', async (url, init) =>
    fetch(new Request(url, init)),
  )
  return createTestService(createSpawner(transport))
}

/** Each line of a text is plain, and none begins where somebody else has broken one. */
const expectPlain = (text: string): void => {
  for (const line of text.split('\n')) {
    expect(line).not.toMatch(UNPRINTABLE)
    expect(line).not.toMatch(/^\{"level":"info","message":"forged"/)
  }
}

describe('a text of somebody else', () => {
  test('a text of somebody else is put on one line, and nothing in it steers anything', () => {
    expect(printable(HOSTILE, 1000)).not.toMatch(UNPRINTABLE)
    expect(printable(`${'x'.repeat(9)}🚀`, 10)).not.toMatch(UNPRINTABLE)
    expect(printable('\ud800a\udfff🚀', 10)).toBe('\ufffda\ufffd🚀')
  })

  test('a text of somebody else is escaped in JSON, which parses to the same', () => {
    const value = { [HOSTILE]: [HOSTILE, { a: 'é 日本 🚀' }] }
    expect(jsonText(value)).not.toMatch(UNPRINTABLE)
    expect(JSON.parse(jsonText(value))).toEqual(value)
    expect(jsonText({ a: 'é 日本 🚀' })).toBe('{"a":"é 日本 🚀"}')
  })
})

describe('the service on an Engine that says such text', () => {
  let service: TestService
  beforeEach(() => {
    service = overHostileEngine()
  })

  const config = (image: string) => ({ service_image: image, networks: ['jupyterhub'] })
  const server = { username: HOSTILE, server_name: HOSTILE }
  type Sent = readonly [verb: string, data: object]
  const start = (more: object): Sent => ['start', { server, wait_s: 3, ...more }]
  test.each<Sent>([
    start({ config: config('scenario/crash-at-start:1') }),
    start({ config: config('scenario/image-missing:1') }),
    start({ config: config('scenario/notebook:1') }),
    start({ config: { ...config('scenario/notebook:1'), networks: [HOSTILE] } }),
    start({ config: { ...config('scenario/notebook:1'), [HOSTILE]: 1 } }),
    start({
      config: { ...config('scenario/notebook:1'), container_spec: { env: { [HOSTILE]: HOSTILE } } },
    }),
    start({ config: { ...config(HOSTILE), labels: { [HOSTILE]: HOSTILE } } }),
    start({
      config: { ...config('scenario/notebook:1'), use_user_options: true },
      user_options: { [HOSTILE]: 1, mounts: [HOSTILE], image: HOSTILE },
    }),
    ['explain', { server, config: config('scenario/notebook:1') }],
    ['poll', { server, [HOSTILE]: 1 }],
    ['stop', { server: { ...server, service_prefix: HOSTILE } }],
    ['forget', { server: { username: HOSTILE, [HOSTILE]: 1 } }],
  ])(
    'the service answers and logs hostile text of an Engine as plain text: %s, %#',
    async (verb, data) => {
      for (const accept of ['application/json', 'text/event-stream']) {
        const response = await send(service, verb, data, { headers: { accept } })
        expectPlain(await response.text())
      }
      const { app } = service
      await app.request(`/${encodeURIComponent(HOSTILE)}`, {
        headers: { 'webhook-id': '\u009b31m' },
      })
      await app.request('/ready')
      expect(service.logged.length).toBeGreaterThan(0)
      const consoleLog = vi.spyOn(console, 'log').mockImplementation(() => {})
      for (const entry of service.logged) {
        expect(jsonText(entry)).not.toMatch(UNPRINTABLE)
        edgeLog(entry)
      }
      const lines = consoleLog.mock.calls.flat().map(String)
      consoleLog.mockRestore()
      expect(lines).toHaveLength(service.logged.length)
      for (const line of lines) expect(line).not.toMatch(UNPRINTABLE)
    },
  )

  test('the service answers a person plain text, too, if its Engine says hostile text', async () => {
    const body = JSON.stringify({ type: HOSTILE, data: { [HOSTILE]: HOSTILE } })
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
    const init = { method: 'POST', body, headers }
    const answers = [
      service.app.request('/poll?hub=default', init),
      service.app.request(`/poll?hub=${encodeURIComponent(HOSTILE)}`, init),
      service.app.request(`/${encodeURIComponent(HOSTILE)}`),
    ]
    for (const answer of answers) {
      const problem: unknown = await (await answer).json()
      expect(Object(problem)).toHaveProperty('detail')
      expect(String(Object(problem).detail)).not.toMatch(UNPRINTABLE)
    }
  })

  test('the service tells a bug of its own on one line of its log', async () => {
    const broken = createTestService(
      createSpawner(async () => {
        throw new Error(HOSTILE)
      }),
    )
    await send(broken, 'poll', { server })
    expect(JSON.stringify(broken.logged)).toContain('forged')
    for (const entry of broken.logged) expect(jsonText(entry)).not.toMatch(UNPRINTABLE)
  })
})

test.each([true, false])('the progress bar is plain on a terminal (%s) and in a file', (isTTY) => {
  let text = ''
  const write = (shown: string | Uint8Array) => {
    text += String(shown)
    return true
  }
  const progress = createProgress({ isTTY, write })
  progress.show({ seq: '1', time: '', progress: 30, message: HOSTILE })
  progress.end()
  expect(text).toContain('forged')
  expectPlain(text.replaceAll('\r\u001b[J', ''))
})

describe('the program on an Engine that says such text', () => {
  let directory: string
  let engine: Awaited<ReturnType<typeof listenEmbedded>>
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'swarmspawner-'))
    const fetch = createHostileEngine()
    const transport = fetchTransport('http://hostile', async (url, init) =>
      fetch(new Request(url, init)),
    )
    engine = await listenEmbedded({ fetch, transport }, `unix://${join(directory, 'e.sock')}`)
    await writeFile(join(directory, 'options.json'), JSON.stringify({ [HOSTILE]: HOSTILE }))
  })
  afterAll(async () => {
    await engine?.close()
    await rm(directory, { recursive: true })
  })

  const run = (args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const program = join(import.meta.dirname, '../../dist/cli.js')
      const child = spawn(process.execPath, [program, ...args], {
        env: { PATH: process.env['PATH'], HOME: directory, DOCKER_HOST: engine.dockerHost },
      })
      let said = ''
      child.stdout.on('data', (chunk) => (said += chunk))
      child.stderr.on('data', (chunk) => (said += chunk))
      child.on('error', reject)
      child.on('close', () => resolve(said))
    })

  const user = ['--user', HOSTILE.replaceAll('\u0000', '')]
  const image = (name: string) => ['--image', `scenario/${name}:1`, '--network', 'jupyterhub']
  test('the program prints hostile text of an Engine as plain text, whatever it is asked', async () => {
    const commands = [
      ['start', ...user, ...image('notebook')],
      ['poll', ...user],
      ['ls'],
      ['logs', '--json', ...user],
      ['ls', '--json'],
      ['explain', ...user, ...image('notebook')],
      ['explain', ...user, ...image('notebook'), '--options', join(directory, 'options.json')],
      ['start', ...user, '--server-name', 'other', ...image('crash-at-start')],
      ['start', ...user, '--server-name', 'third', ...image('image-missing')],
      ['stop', ...user, '--server-name', 'fourth'],
      ['logs', ...user, '--server-name', 'fourth'],
      ['gc'],
      ['doctor', '--network', 'jupyterhub', '--image', 'scenario/notebook:1'],
      ['doctor', '--network', 'missing', '--image', 'scenario/image-missing:1'],
    ]
    for (const command of commands) {
      const said = await run(command)
      expect(said, command[0]).not.toBe('')
      expectPlain(said)
    }
    // Its lines are the program's own; nothing else is.
    const lines = (await run(['logs', ...user])).split('\n')
    expect(lines.length).toBeGreaterThan(2)
    for (const line of lines) expect(line).not.toMatch(UNPRINTABLE)
  }, 120_000)
})
