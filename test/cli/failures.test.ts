import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { runCommand, runShell } from '../support/run-command.ts'
import { SECRETS } from '../support/test-hub.ts'

const image = ['--image', 'demo/notebook:1']
/** Every command that asks the Engine, with the options that it needs. */
const COMMANDS: readonly (readonly string[])[] = [
  ['start', '--user', 'alice', ...image],
  ['poll', '--user', 'alice'],
  ['stop', '--user', 'alice'],
  ['logs', '--user', 'alice'],
  ['explain', '--user', 'alice', ...image],
  ['ls'],
  ['gc'],
  ['doctor'],
]
const FILES = /\.(js|ts):\d+|^\s+at /m

/** `explain` can say much without an Engine, and `doctor` is about what is wrong. */
const withoutEngine = (command: string): number => {
  if (command === 'explain') return 0
  return command === 'doctor' ? 1 : 3
}

/** What a failed command printed. It has a sentence, and no stack trace. */
const failure = async (
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; said: string }> => {
  const { code, out, err } = await runCommand(args, { HOME: temporaryDirectory(), ...env })
  const said = out + err
  expect(said).not.toMatch(FILES)
  expect(said.trim()).not.toBe('')
  return { code, said }
}

/** An Engine that answers everything with these bytes. */
const listenWith = async (answer: (path: string) => string): Promise<string> => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (asked) => socket.end(answer(String(asked))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

describe.each(COMMANDS)('%s', (...args) => {
  const [command = ''] = args

  test('without an Engine, it is a sentence that says what to do', async () => {
    const { code, said } = await failure(args, { DOCKER_HOST: 'unix:///nosuch/docker.sock' })
    expect(said).toContain('is the Docker Engine running?')
    expect(code).toBe(withoutEngine(command))
  })

  test('an Engine that answers garbage is a sentence', async () => {
    for (const body of ['no HTTP at all', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{"a":']) {
      const { code } = await failure(args, { DOCKER_HOST: await listenWith(() => body) })
      if (command !== 'explain') expect(code).toBeGreaterThan(0)
    }
  })

  test('a bad option is a sentence', async () => {
    const { code, said } = await failure([...args, '--nosuch'], {})
    expect(code).toBe(2)
    expect(said).toContain("error: unknown option '--nosuch'")
  })

  test('a setting of the docker CLI that cannot be used is a sentence', async () => {
    const { code, said } = await failure(args, { DOCKER_HOST: 'ssh://host' })
    expect(said).toContain('ssh://host')
    expect(code).toBe(command === 'doctor' ? 1 : 2)
  })
})

test.each(COMMANDS)('%s as a user who may not open the socket says so', async (...args) => {
  const path = join(temporaryDirectory(), 'e.sock')
  const { close, dockerHost } = await listenEmbedded(createEmbeddedEngine(), `unix://${path}`)
  onTestFinished(close)
  chmodSync(dirname(path), 0o755)
  chmodSync(path, 0o000)
  const asNobody = join(import.meta.dirname, '../support/run-as-nobody.mjs')
  const env = { HOME: '/nosuch', DOCKER_HOST: dockerHost, NODE_OPTIONS: `--import=${asNobody}` }
  const { said } = await failure(args, env)
  expect(said).toContain('add it to the group "docker"')
})

describe('a policy that is broken', () => {
  test.each([
    ['users: {}', 'users is not known'],
    ['a: [', 'policy.yaml'],
    ['\u0000', 'policy.yaml'],
  ])('%j is a sentence for start, poll, explain and serve', async (text, words) => {
    const policy = join(temporaryDirectory(), 'policy.yaml')
    writeFileSync(policy, text)
    const env = { SWARMSPAWNER_POLICY: policy, SWARMSPAWNER_SECRET: SECRETS.default, PORT: '0' }
    for (const args of [
      ...COMMANDS.filter(([name]) => /start|poll|expl/.test(name ?? '')),
      ['serve'],
    ]) {
      const { code, said } = await failure(args, env)
      expect(said).toContain(words)
      expect(code).toBe(2)
    }
  })

  test('a policy file that is not there is a sentence', async () => {
    const { code, said } = await failure(['poll', '--user', 'a'], {
      SWARMSPAWNER_POLICY: '/nosuch',
    })
    expect(said).toContain('/nosuch')
    expect(code).toBe(2)
  })
})

describe('a closed pipe', () => {
  test.each(COMMANDS)('%s ends without complaint', async (...args) => {
    const engine = await listenEmbedded(
      createEmbeddedEngine({ speed: 10 }),
      `unix://${join(temporaryDirectory(), 'e.sock')}`,
    )
    onTestFinished(engine.close)
    const env = { HOME: temporaryDirectory(), DOCKER_HOST: engine.dockerHost }
    const { err } = await runShell(args, '| true', env)
    expect(err).not.toMatch(FILES)
    expect(err).not.toContain('EPIPE')
  })

  test('an output that is full is a sentence', async () => {
    const { code, err } = await runShell(['--help'], '> /dev/full', {})
    expect(err).toMatch(/^error: the output can't be written: /)
    expect(err).not.toMatch(FILES)
    expect(code).toBe(1)
  })
})

describe('another service that answers garbage', () => {
  const garbage = async () => {
    const server = createServer((_, response) => response.end('<html>'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    return String(typeof address === 'object' ? address?.port : '')
  }

  test('health says what it got', async () => {
    const { close, dockerHost } = await listenEmbedded(createEmbeddedEngine(), 'tcp://127.0.0.1:0')
    onTestFinished(close)
    const { code, said } = await failure(['health'], { PORT: new URL(dockerHost).port })
    expect(said).toContain('/health: ')
    expect(code).toBe(1)
  })

  test('gc says that the hub answers something else', async () => {
    const engine = await listenEmbedded(
      createEmbeddedEngine(),
      `unix://${join(temporaryDirectory(), 'e.sock')}`,
    )
    onTestFinished(engine.close)
    const { code, said } = await failure(['gc'], {
      DOCKER_HOST: engine.dockerHost,
      SWARMSPAWNER_HUB_API: `http://127.0.0.1:${await garbage()}/hub/api`,
      SWARMSPAWNER_HUB_API_TOKEN: 'token',
    })
    expect(said).toMatch(/^error: /)
    expect(code).toBe(2)
  })

  test.each(['serve', 'engine'])('%s says that its address is in use', async (command) => {
    const port = await garbage()
    const args =
      command === 'engine' ? ['engine', '--listen', `tcp://127.0.0.1:${port}`] : ['serve']
    const { code, said } = await failure(args, {
      PORT: port,
      SWARMSPAWNER_SECRET: SECRETS.default,
      DOCKER_HOST: 'unix:///nosuch/docker.sock',
    })
    expect(said).toContain(`address already in use 127.0.0.1:${port}`)
    expect(said).not.toContain('bug')
    expect(code).toBe(1)
  })
})
