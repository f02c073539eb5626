import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { labCache, startEngine } from '../../lab/engine/engine-lab.ts'
import { jupyterRootfs } from '../../lab/engine/jupyter-rootfs.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { httpVisitor } from './http-visitor.ts'

// What `npm run hub:up` and `npm run hub:down` run, once npm has built the service.

type Where = { prefix?: readonly string[]; env?: Record<string, string> }

const run = async (words: readonly string[], { prefix = [], env = {} }: Where = {}) => {
  const [program = '', ...args] = [...prefix, ...words]
  const options = { cwd: projectRoot, env: { ...process.env, ...env } }
  return (await promisify(execFile)(program, args, options)).stdout
}
const node = (script: string, args: readonly string[], where?: Where) =>
  run([process.execPath, `lab/hub/${script}.ts`, ...args], where)

const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return String(address.port)
}

const read = (text: string, pattern: RegExp): string => {
  const [, found] = pattern.exec(text) ?? []
  if (found === undefined) throw new Error(`no ${pattern} in ${text}`)
  return found
}

test('hub:up makes a hub on an Engine of its own, where people log in and get a server; hub:down ends all of it', {
  timeout: 180_000,
}, async () => {
  const port = await freePort()
  onTestFinished(() => void node('down', ['--port', port]))
  const text = await node('up', ['--port', port, '--engine', '20.10'])
  const url = read(text, /answers at (\S+)/)
  const socket = read(text, /DOCKER_HOST=unix:\/\/(\S+)/)
  expect(url).toBe(`http://127.0.0.1:${port}`)
  await expect(node('up', ['--port', port])).rejects.toThrow(`a hub on port ${port} already`)

  const alice = httpVisitor(url)
  expect((await alice.logIn('alice', 'wrong')).text).toContain('Invalid username or password')
  await alice.logIn('alice', read(text, /password (\S+)/))
  await alice.visit('/hub/spawn')
  await expect
    .poll(() => alice.visit('/user/alice/'), { timeout: 60_000 })
    .toMatchObject({
      // Jupyter adds a question mark where it asked for a log-in on the way.
      url: expect.stringMatching(/\/user\/alice\/lab\??$/),
      text: expect.stringContaining('<title>JupyterLab</title>'),
    })

  await node('down', ['--port', port])
  expect(existsSync(socket)).toBe(false)
  await expect(fetch(url)).rejects.toThrow()
  expect(readdirSync(labCache)).not.toContain(`hub-${port}.json`)
  expect(await node('down', ['--port', port])).toContain('There is no hub to end.')
})

test("hub:up takes the Swarm at hand; hub:down leaves nothing in it, not even its users' servers and volumes", {
  timeout: 180_000,
}, async () => {
  // It is run in the Engine's network, from where no packages are reached.
  await jupyterRootfs('3.0')
  const engine = await startEngine({ version: '28.5' })
  onTestFinished(() => engine.stop())
  const port = await freePort()
  const where = { prefix: engine.namespace.inNetwork, env: { DOCKER_HOST: engine.dockerHost } }
  const list = async (kind: string) => (await run(['docker', kind, 'ls', '-q'], where)).trim()

  const text = await node('up', ['--port', port, '--release', '3.0'], where)
  expect(text).toContain('The Docker Engine here manages a swarm')
  const token = read(text, /token (\w+)/)
  const api = (method: string, path: string) =>
    run(
      [
        'curl',
        '-sf',
        '-X',
        method,
        '-H',
        `Authorization: token ${token}`,
        `http://127.0.0.1:${port}${path}`,
      ],
      where,
    )
  await api('POST', '/hub/api/users/alice')
  await api('POST', '/hub/api/users/alice/server')
  await expect
    .poll(() => api('GET', '/user/alice/api').catch(String), { timeout: 60_000 })
    .toContain('"version": "6.')
  // Another stack's alice has another home.
  expect(await list('volume')).toMatch(/^swarmspawner\S*\.home-6384e2b2184bcbf58eccf10ca7a6563c$/m)

  await node('down', ['--port', port], where)
  const left = ['service', 'volume', 'secret', 'config', 'image', 'container'].map(list)
  expect((await Promise.all(left)).join('')).toBe('')
  expect(await run(['docker', 'network', 'ls', '-q', '--filter', 'name=swarmspawner'], where)).toBe(
    '',
  )
})
