import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signedCall } from '../../cli/signed-call.ts'
import { readTls } from '../../handlers/listen/tls.node.ts'
import { readGcSettings } from '../../handlers/settings/gc-settings.ts'
import { readNodePolicy } from '../../handlers/settings/policy.node.ts'
import { readPolicy } from '../../handlers/settings/policy-settings.ts'
import { readRegistryLogins } from '../../handlers/settings/registry-settings.ts'
import { readSettings } from '../../handlers/settings/service-settings.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { readDockerConfig } from '../../src/docker/docker-config.node.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { canaryOf, findCanaries } from '../support/canaries.ts'
import { createAuthority } from '../support/certificates.ts'
import { keyOf } from '../support/test-hub.ts'

/** Plants a text in every place where a secret may be, does everything, and looks for it in all that comes out. */

const authority = createAuthority()
const { cert, key } = authority.issue()
const canaries = {
  secret: canaryOf('secret'),
  admin: canaryOf('admin'),
  gc: canaryOf('gc'),
  env: canaryOf('env'),
  apiToken: canaryOf('apiToken'),
  registry: canaryOf('registry'),
  registryFile: canaryOf('registryFile'),
  option: canaryOf('option'),
  setting: canaryOf('setting'),
  body: canaryOf('body'),
  policy: canaryOf('policy'),
  // The lines of the key but for the first, which others have, too.
  tlsKey: key.split('\n').slice(2, 3).join(''),
}
const SECRET = `whsec_${btoa(canaries.secret)}`
const found = (output: string) => findCanaries(canaries, output)

let directory: string
let env: Record<string, string>
let service: ChildProcess
let url: string
let written = ''
const endings: (() => unknown)[] = []

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'swarmspawner-leaks-'))
  const file = (name: string, content: string): string => {
    writeFileSync(join(directory, name), content)
    return join(directory, name)
  }
  const engine = await listenEmbedded(
    createEmbeddedEngine({ speed: 10 }),
    `unix://${join(directory, 'e.sock')}`,
  )
  endings.push(engine.close)
  const auth = btoa(`user:${canaries.registry}`)
  file('config.json', JSON.stringify({ auths: { 'registry.example': { auth } } }))
  env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    DOCKER_HOST: engine.dockerHost,
    DOCKER_CONFIG: directory,
    SWARMSPAWNER_SECRET: SECRET,
    SWARMSPAWNER_ADMIN_TOKEN_FILE: file('admin', canaries.admin),
    SWARMSPAWNER_HUB_API: 'http://127.0.0.1:9/hub/api',
    SWARMSPAWNER_HUB_API_TOKEN: canaries.gc,
    SWARMSPAWNER_GC_EVERY: '1s',
    SWARMSPAWNER_REGISTRY_AUTH_FILE: file(
      'registry-auth',
      JSON.stringify({
        auths: {
          'private.example': { auth: btoa(`user:${canaries.registryFile}`) },
          'helper.example': {},
        },
        credsStore: 'desktop',
      }),
    ),
    SWARMSPAWNER_TLS_CERT: file('c.pem', cert),
    SWARMSPAWNER_TLS_KEY: file('k.pem', key),
    PORT: '0',
  }
  service = spawn(process.execPath, [join(projectRoot, 'dist/cli.js'), 'serve'], { env })
  url = await new Promise((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      written += chunk
      const [, listening] = /listening on ([^"]+)/.exec(written) ?? []
      if (listening) resolve(listening)
    }
    service.stdout?.on('data', hear)
    service.stderr?.on('data', hear)
    service.on('exit', () => reject(new Error(written)))
  })
})
afterAll(async () => {
  service.kill('SIGTERM')
  for (const end of endings) await end()
  rmSync(directory, { recursive: true })
  authority.remove()
})

/** The whole answer, headers included. */
const call = async (
  path: string,
  body: string | undefined,
  options: RequestOptions = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request(`${url}${path}`, { method, ca: authority.ca, ...options }, (response) => {
      text(response).then((read) => resolve(JSON.stringify(response.headers) + read), reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })

const signed = (verb: string, data: unknown, headers: Record<string, string> = {}) => {
  const { body, headers: ofHub } = signedCall(keyOf(SECRET), verb, data)
  return call(`/${verb}`, body, { headers: { ...ofHub, ...headers } })
}

const server = { username: 'alice' }
const config = (image: string, more: object = {}) => ({
  container_spec: { image, env: { SETTING: canaries.env } },
  networks: ['jupyterhub'],
  ...more,
})
const secrets = { JUPYTERHUB_API_TOKEN: canaries.apiToken, ANY: canaries.env }
const start = (image: string, more: object = {}) => ({
  server,
  env: secrets,
  config: config(image),
  ...more,
})
const wrong = canaries.setting

describe('no answer holds what was planted', () => {
  test.each([
    ['start', start('demo/notebook:1')],
    ['start', start('registry.example/demo/image-missing:1')],
    ['start', start('private.example/demo/notebook:1', { server: { username: 'private' } })],
    ['start', start('private.example/demo/image-missing:1')],
    ['start', start('helper.example/demo/notebook:1')],
    ['explain', start('private.example/demo/notebook:1')],
    ['start', start('demo/exit-3:1')],
    ['start', start('demo/notebook:1', { env: { A: { b: canaries.env } } })],
    ['start', start('demo/notebook:1', { config: { mounts: wrong, networks: wrong } })],
    ['start', start('demo/notebook:1', { config: config('a', { mounts: [`/etc:${wrong}`] }) })],
    [
      'start',
      start('demo/notebook:1', { config: config('a', { resource_spec: { cpu_limit: wrong } }) }),
    ],
    [
      'start',
      start('demo/notebook:1', { config: config('a', { placement: { constraints: wrong } }) }),
    ],
    ['start', start('demo/notebook:1', { config: config('a', { restart_policy: wrong }) })],
    ['start', start('demo/notebook:1', { config: config('a', { stop_grace_period: wrong }) })],
    ['start', start('demo/notebook:1', { user_options: { resource_spec: canaries.option } })],
    [
      'start',
      start('demo/notebook:1', {
        config: config('a', { use_user_options: true }),
        user_options: {
          container_spec: { env: { A: canaries.option } },
          mounts: [canaries.option],
        },
      }),
    ],
    ['explain', start('demo/notebook:1')],
    ['explain', start('demo/notebook:1', { env: [`A=${canaries.env}`] })],
    ['poll', { server }],
    ['poll', { servers: [server], cursor: canaries.body, wait_s: 0.1 }],
    ['poll', { server, spawn_id: [canaries.body] }],
    ['stop', { server, now: canaries.body }],
    ['forget', { server: { ...server, server_name: 5 } }],
    ['stop', { server }],
    ['forget', { server }],
  ])('no answer of /%s holds what was planted: %#', async (verb, data) => {
    const answer = await signed(verb, data)
    expect(found(answer)).toEqual([])
    expect(found(await signed(verb, data, { accept: 'text/event-stream' }))).toEqual([])
  })

  test('no answer to a call that is no call holds what was planted', async () => {
    const authorization = `Bearer ${canaries.admin}`
    const answers = await Promise.all([
      call('/poll', `{"${canaries.body}`, { headers: { authorization } }),
      call('/poll', canaries.body, { headers: { authorization: `Bearer ${canaries.body}` } }),
      call('/poll', canaries.body, { headers: { 'webhook-signature': canaries.body } }),
      call(`/poll?hub=${canaries.body}`, '{}', { headers: { authorization } }),
      call('/start', JSON.stringify({ type: canaries.body, data: {} }), {
        headers: { authorization },
      }),
      call('/health', undefined, { headers: { cookie: canaries.body } }),
      call('/ready', undefined),
      call('/servers', undefined, { headers: { authorization } }),
      call('/stop', undefined, { headers: { authorization } }),
    ])
    for (const answer of answers) expect(found(answer)).toEqual([])
  })

  test('nothing that the service has written holds what was planted, errors of its own looks at the hub included', async () => {
    await expect.poll(() => written, { timeout: 10_000 }).toContain('gc failed')
    expect(written).toContain('POST /start')
    expect(found(written)).toEqual([])
  })
})

describe('no command prints it', () => {
  const run = (args: string[], more: Record<string, string> = {}): Promise<string> =>
    new Promise((resolve, reject) => {
      const program = [join(projectRoot, 'dist/cli.js'), ...args]
      const child = spawn(process.execPath, program, { env: { ...env, ...more } })
      let output = ''
      child.stdout.on('data', (chunk) => {
        output += chunk
      })
      child.stderr.on('data', (chunk) => {
        output += chunk
      })
      child.on('error', reject)
      child.on('close', () => resolve(output))
    })
  const named = ['--user', 'carol', '--image', 'demo/notebook:1', '--network', 'jupyterhub']
  const withEnv = ['--env', `API_TOKEN=${canaries.env}`]

  test.each([
    [['start', ...named, ...withEnv, '--json']],
    [['start', ...named, ...withEnv]],
    [['start', ...named, '--env', canaries.env]],
    [['explain', ...named, ...withEnv]],
    [['explain', ...named, ...withEnv, '--json']],
    [['ls', '--json']],
    [['ls']],
    [['poll', '--user', 'carol', '--json']],
    [['logs', '--user', 'carol']],
    [['gc', '--json']],
    [['gc', '--yes']],
    [['doctor', '--image', 'registry.example/a:1', '--json']],
    [['doctor', '--image', 'private.example/registry-denied:1']],
    [['doctor', '--image', 'helper.example/registry-denied:1']],
    [['doctor', '--network', 'jupyterhub']],
    [['stop', '--user', 'carol']],
  ])('no command prints what was planted: %o', async (args) => {
    const output = await run(args)
    expect(output).not.toBe('')
    expect(found(output)).toEqual([])
  })

  test('no command prints what was planted if its settings cannot be used', async () => {
    const broken: Record<string, string>[] = [
      { SWARMSPAWNER_SECRET: canaries.secret },
      { SWARMSPAWNER_HUBS: `a=${canaries.secret}` },
      { SWARMSPAWNER_HUBS: canaries.secret },
      { SWARMSPAWNER_HUB_API: `http://u:${canaries.gc}@hub/` },
      { SWARMSPAWNER_HUB_API_TOKEN: `a ${canaries.gc}` },
      { SWARMSPAWNER_POLICY: `{"${canaries.policy}": ` },
      { SWARMSPAWNER_POLICY: JSON.stringify({ user: { images: canaries.policy } }) },
      { SWARMSPAWNER_REGISTRY_AUTH: canaries.registryFile, SWARMSPAWNER_REGISTRY_AUTH_FILE: '' },
      {
        SWARMSPAWNER_REGISTRY_AUTH: JSON.stringify({ auths: { a: [canaries.registryFile] } }),
        SWARMSPAWNER_REGISTRY_AUTH_FILE: '',
      },
      { SWARMSPAWNER_REGISTRY_AUTH: canaries.registryFile },
      { SWARMSPAWNER_TLS_CERT: env['SWARMSPAWNER_TLS_KEY'] ?? '' },
      { SWARMSPAWNER_TLS_CLIENT_CA: join(directory, 'admin') },
      { PORT: canaries.body },
    ]
    for (const more of broken)
      for (const command of ['serve', 'doctor']) {
        const output = await run([command], more)
        expect(output).not.toBe('')
        expect([command, more, found(output)]).toEqual([command, more, []])
      }
  }, 60_000)
})

describe('no error holds it, its causes included, as Node.js would print them', () => {
  const failing = async (what: () => unknown): Promise<string> => {
    try {
      await what()
    } catch (error) {
      return inspect(error, { depth: 10, showHidden: true })
    }
    throw new Error('it did not fail')
  }
  const write = (content: string, name = 'written'): string => {
    const path = join(directory, name)
    writeFileSync(path, content)
    return path
  }
  const { secret, gc, policy, registry } = canaries

  test.each<[string, () => unknown]>([
    ['a secret', () => readSettings({ SWARMSPAWNER_SECRET: secret })],
    ['two hubs with one', () => readSettings({ SWARMSPAWNER_HUBS: `a=${SECRET},b=${SECRET}` })],
    [
      'a token',
      () =>
        readGcSettings(
          { SWARMSPAWNER_HUB_API: 'http://h/', SWARMSPAWNER_HUB_API_TOKEN: `${gc} x` },
          { fetch },
        ),
    ],
    ['a policy', () => readPolicy({ SWARMSPAWNER_POLICY: `{"a": ${policy}` })],
    ['a policy in JSON', () => readNodePolicy({ SWARMSPAWNER_POLICY: write(policy, 'p.json') })],
    ['a policy in YAML', () => readNodePolicy({ SWARMSPAWNER_POLICY: write(`a: [${policy}`) })],
    [
      'a secret in its place',
      () => readNodePolicy({ SWARMSPAWNER_POLICY: write(`${policy}: !x *y`) }),
    ],
    [
      'a key',
      () =>
        readTls({ cert: '/c', key: '/k' }, (path) => (path === '/c' ? cert : key.slice(0, -60))),
    ],
    [
      'the registry credentials',
      () => readRegistryLogins({ SWARMSPAWNER_REGISTRY_AUTH: `{"auths": ${registry}` }),
    ],
    [
      "the docker CLI's credentials",
      () => {
        write(`{"auths": ${registry}`, 'config.json')
        return readDockerConfig(env)
      },
    ],
  ])(
    'no error about %s holds what was planted, its causes included, as Node.js would print them',
    async (_, what) => {
      expect(found(await failing(what))).toEqual([])
    },
  )
})

test('the fixtures and documents hold nothing that looks like a real secret', () => {
  const files = (place: string): string[] =>
    readdirSync(join(projectRoot, place), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(json|md|yml|py|ts)$/.test(name))
      .map((name) => join(projectRoot, place, name))
  const secretOf =
    /whsec_[A-Za-z0-9+/]{32,}|-----BEGIN (EC |RSA )?PRIVATE KEY|gh[ps]_\w{36}|SWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25}/
  const places = ['fixtures', 'docs', 'deploy', 'hub']
  const guilty = places.flatMap(files).filter((name) => {
    const matched = secretOf.exec(readFileSync(name, 'utf8'))?.[0]
    // Of one letter alone, a test's.
    return matched !== undefined && !/^whsec_(.{4})\1+/.test(matched)
  })
  expect(guilty).toEqual([])
})
