import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { ADMIN_TOKEN, SECRETS, signed } from '../support/test-hub.ts'

const program = join(import.meta.dirname, '../../dist/cli.js')

let env: Record<string, string>
beforeEach(async () => {
  const directory = temporaryDirectory()
  const engine = createEmbeddedEngine({ speed: 50 })
  const listening = await listenEmbedded(engine, `unix://${join(directory, 'e.sock')}`)
  onTestFinished(listening.close)
  env = {
    DOCKER_HOST: listening.dockerHost,
    HOME: directory,
    HOST: '127.0.0.1',
    PORT: '0',
    SWARMSPAWNER_SECRET: SECRETS.default,
    SWARMSPAWNER_ADMIN_TOKEN: ADMIN_TOKEN,
  }
})

/** Runs the service until the end of the test, and waits until it says where it listens. */
const serve = async (more: Record<string, string>) => {
  const child = spawn(process.execPath, [program, 'serve'], { env: { ...env, ...more } })
  onTestFinished(() => void child.kill())
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => (said.out += chunk))
  child.stderr.on('data', (chunk) => (said.err += chunk))
  await expect.poll(() => said.out, { timeout: 20_000 }).toContain('listening on ')
  const url = /listening on ([^"]+)/.exec(said.out)?.[1] ?? ''
  return { child, said, url }
}

const start = async (url: string, username: string): Promise<string> => {
  const config = { service_image: 'demo/notebook:1' }
  const call = signed('start', { server: { username }, config })
  const answer: unknown = await (await fetch(`${url}/start`, call)).json()
  return JSON.stringify(answer)
}
const lost = async (url: string): Promise<number> => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const text = await (await fetch(`${url}/metrics`, { headers })).text()
  return Number(/^swarmspawner_audit_lines_lost_total (\d+)$/m.exec(text)?.[1])
}
const isAlive = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null

test.each([
  ['a pipe that nobody reads', 'stderr'],
  ['a full disk', '/dev/full'],
])(
  'with an audit log on %s, starts go on, the log says so once, and a metric counts',
  async (name, target) => {
    const { child, said, url } = await serve({ SWARMSPAWNER_AUDIT: target })
    if (target === 'stderr') child.stderr.destroy()
    for (const username of ['alice', 'bob'])
      expect(await start(url, username), name).toContain('"state":"running"')
    expect(isAlive(child)).toBe(true)
    expect(said.out.split('the audit log cannot be written')).toHaveLength(2)
    expect(said.out).toMatch(/EPIPE|ENOSPC/)
    // A start and its end, of each of the two.
    expect(await lost(url)).toBe(4)
  },
)

test('with a log that nobody reads, starts go on, the audit log has them, and the standard error says so once', async () => {
  const { child, said, url } = await serve({})
  child.stdout.destroy()
  for (const username of ['alice', 'bob'])
    expect(await start(url, username)).toContain('"state":"running"')
  expect(isAlive(child)).toBe(true)
  await expect.poll(() => said.err.split('"act":"run"')).toHaveLength(3)
  expect(said.err.split('error: the log cannot be written: ')).toHaveLength(2)
  expect(await lost(url)).toBe(0)
})

test('with neither a log nor an audit log that anybody reads, starts go on', async () => {
  const { child, url } = await serve({ SWARMSPAWNER_AUDIT: 'stdout' })
  child.stdout.destroy()
  child.stderr.destroy()
  expect(await start(url, 'alice')).toContain('"state":"running"')
  expect(isAlive(child)).toBe(true)
  expect(await lost(url)).toBe(2)
})
