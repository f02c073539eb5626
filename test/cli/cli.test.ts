import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { IMAGE_STORES } from '../../src/embedded/pull-scenarios.ts'
import { EMBEDDED_VERSIONS } from '../../src/embedded/recordings.ts'
import { ServerState } from '../../src/spawner/state/server-state.ts'
import { SECRETS } from '../support/test-hub.ts'

const program = join(import.meta.dirname, '../../dist/cli.js')
let directory: string
let dockerHost: string
let close: () => Promise<void>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'swarmspawner-'))
  const engine = createEmbeddedEngine({ speed: 10 })
  ;({ dockerHost, close } = await listenEmbedded(engine, `unix://${join(directory, 'e.sock')}`))
})
afterAll(async () => {
  await close()
  await rm(directory, { recursive: true })
})

type Result = { code: number | null; out: string; err: string }

/** Runs the built program; ends it with SIGTERM once it has written `until`. */
const run = (args: string[], env: Record<string, string> = {}, until?: string): Promise<Result> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env['PATH'], HOME: directory, DOCKER_HOST: dockerHost, ...env },
    })
    let [out, err] = ['', '']
    let isEnded = until === undefined
    const endIfSeen = () => {
      if (isEnded || !(out + err).includes(until ?? '')) return
      isEnded = true
      child.kill('SIGTERM')
    }
    child.stdout.on('data', (chunk) => {
      out += chunk
      endIfSeen()
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
      endIfSeen()
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
  })

const image = ['--image', 'demo/notebook:1', '--network', 'jupyterhub']
const poll = async (user: string) => (await run(['poll', '--user', user])).out
const json = (text: string): unknown => JSON.parse(text)

describe('swarmspawner', () => {
  test.each([
    'serve',
    'engine',
    'start',
    'poll',
    'stop',
    'ls',
    'top',
    'logs',
    'gc',
    'explain',
    'doctor',
    'demo',
  ])('the command %s has help', async (command) => {
    const { code, out } = await run([command, '--help'])
    expect(code).toBe(0)
    expect(out).toContain(`Usage: swarmspawner ${command}`)
  })

  test.each([
    [[]],
    [['nothing']],
    [['start']],
    [['poll', '--user']],
    [['start', '--user', 'a', '--timeout', 'x']],
  ])('a command that is called wrongly exits with 2', async (args) => {
    expect((await run(args)).code).toBe(2)
  })

  test('start, ls, poll, logs and stop work on one server', async () => {
    const started = await run(['start', '--user', 'alice', ...image, '--json'])
    expect(started.code).toBe(0)
    expect(v.parse(ServerState, json(started.out))).toMatchObject({ state: 'running' })
    const listed = await run(['ls'])
    expect(listed.out).toMatch(/^USER +SERVER +STATE/)
    expect(listed.out).toMatch(/^alice +- +running/m)
    expect((await run(['poll', '--user', 'alice'])).out).toMatch(/^\S+ runs on \S+, at http/)
    const logs = await run(['logs', '--user', 'alice', '--tail', '1'])
    expect(logs.out.trim().split('\n')).toHaveLength(1)
    expect((await run(['stop', '--user', 'alice'])).out).toMatch(/^There is no server /)
    const polled = await run(['poll', '--user', 'alice', '--json'])
    expect(polled.code).toBe(1)
    expect(json(polled.out)).toMatchObject({ state: 'absent', status: 0 })
    expect((await run(['ls'])).out).toContain('No servers of hub default.')
    expect((await run(['logs', '--user', 'alice'])).code).toBe(1)
  })

  test.each([
    ['\u001b]0;title\u0007\u009b2J', 'a\nROOT  -  running', '\ufffd]0;title\ufffd\ufffd2J'],
    ['\u202eecila', '\r\u2028\u{e0041}', '\ufffdecila'],
  ])(
    'ls writes a user called %j on one line, and steers no terminal',
    async (user, name, shown) => {
      const server = ['--user', user, '--server-name', name]
      expect((await run(['start', ...server, ...image])).code).toBe(0)
      const { out } = await run(['ls'])
      expect(out.trimEnd().split('\n')).toHaveLength(2)
      expect(out).toContain(`\n${shown} `)
      const listed = await run(['ls', '--json'])
      expect(json(listed.out)).toMatchObject([{ username: user, server_name: name }])
      for (const text of [out, listed.out]) expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\u2028/u)
      expect((await run(['stop', ...server])).code).toBe(0)
    },
  )

  test('start shows the progress, and exits with 1 where the server fails', async () => {
    const failed = await run(['start', '--user', 'bob', '--image', 'demo/image-missing:1'])
    expect(failed.code).toBe(1)
    expect(failed.out).toContain('No such image')
    // Standard output is the answer alone.
    expect(failed.err).toContain('5 % Service created')
    expect(failed.err).toMatch(/^failed Rejected by /m)
    expect(failed.err).not.toContain('100 %')
  })

  test('start, poll and demo print what to do and the last lines of the log', async () => {
    const args = ['--user', 'frank', '--image', 'demo/unhealthy:1', '--network', 'jupyterhub']
    const failed = await run(['start', ...args])
    expect(failed.code).toBe(1)
    expect(failed.out).toMatch(/^\S+ failed on \S+ \(status 143\): /)
    expect(failed.out).toMatch(/The last lines of its program:\n( {2}\| .*\n)+$/)
    expect(failed.err).not.toContain('100 %')
    expect(failed.err).toMatch(/^failed Failed on /m)
    const missing = await run(['start', '--user', 'frank', '--image', 'demo/image-missing:1'])
    expect(missing.out).toMatch(/^What to do: /m)
    const demo = await run(['demo', '--image', 'demo/unhealthy:1', '--user', 'grace'])
    expect(demo.code).toBe(1)
    expect(demo.out).toMatch(/^ {2}\| /m)
  })

  test('poll does not remove the server that it reports', async () => {
    const args = ['--user', 'heidi', '--image', 'demo/dies-later:1', '--network', 'jupyterhub']
    expect((await run(['start', ...args])).code).toBe(0)
    const ended = /failed on \S+ \(status \d+\)[\s\S]*\|[\s\S]*Its service is still there\./
    await expect.poll(() => poll('heidi'), { timeout: 15_000 }).toMatch(ended)
    expect(await poll('heidi')).toMatch(ended)
    expect((await run(['stop', '--user', 'heidi'])).code).toBe(0)
    expect(await poll('heidi')).toMatch(/^There is no server /)
  })

  test('demo of a server that ends soon after its start exits with 1', async () => {
    const { code, out } = await run(['demo', '--image', 'demo/dies-later:1', '--user', 'ivan'])
    expect(out).toMatch(/^start \S+ runs/m)
    expect(out).toMatch(/^poll {2}\S+ failed/m)
    expect(code).toBe(1)
  })

  test('top prints once where there is no terminal, and says when the Engine is away', async () => {
    await run(['start', '--user', 'topmost', ...image])
    const { code, out } = await run(['top'])
    expect(code).toBe(0)
    expect(out).toMatch(/^\d+ servers? on 1 node: /)
    expect(out).toMatch(/^topmost +- +default +running +embedded /m)
    const away = await run(['top', '--once'], { DOCKER_HOST: 'unix:///nonexistent.sock' })
    expect(away).toMatchObject({ code: 3, out: '' })
    await run(['stop', '--user', 'topmost'])
  })

  test('ls shows image, node, age and limits, and names the hubs that have servers', async () => {
    const config = join(directory, 'limits.json')
    const resource_spec = { mem_limit: '1.5G', cpu_limit: 500_000_000 }
    await writeFile(config, JSON.stringify({ resource_spec }))
    const server = ['--user', 'judy', '--hub', 'physics']
    const started = await run(['start', ...server, ...image, '--config', config])
    expect(started.code).toBe(0)
    const { out } = await run(['ls', '--hub', 'physics'])
    expect(out).toMatch(/^USER +SERVER +STATE +NODE +AGE +IMAGE +LIMITS +SERVICE/)
    expect(out).toMatch(/^judy .* running .* \d+ s +demo\/notebook:1 +0\.5 CPU, 1\.5 GiB /m)
    const other = await run(['ls', '--hub', 'lab'])
    expect(other.out).toBe('No servers of hub lab. There are servers of: physics (1)\n')
    expect((await run(['stop', ...server])).code).toBe(0)
  })

  test('a start that is interrupted leaves nothing behind', async () => {
    const args = ['start', '--user', 'carol', '--image', 'demo/pull-forever:1']
    const interrupted = await run(args, {}, '5 % Service created')
    expect(interrupted.code).not.toBe(0)
    expect((await run(['poll', '--user', 'carol', '--json'])).out).not.toContain('"starting"')
  })

  test('start takes its settings from a file, and refuses what it does not know', async () => {
    const file = join(directory, 'config.json')
    await writeFile(
      file,
      JSON.stringify({ container_spec: { Image: 'a' }, networks: ['jupyterhub'] }),
    )
    const explained = await run(['explain', '--user', 'dave', '--config', file, '--json'])
    expect(json(explained.out)).toMatchObject({
      spec: {
        TaskTemplate: { ContainerSpec: { Image: expect.stringMatching(/^a:latest@sha256:/) } },
      },
      warnings: [],
    })
    await writeFile(file, JSON.stringify({ netwerks: [] }))
    const refused = await run(['explain', '--user', 'dave', '--config', file])
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('netwerks: is not known')
    await writeFile(file, 'not json')
    expect((await run(['explain', '--user', 'dave', '--config', file])).code).toBe(2)
    expect((await run(['explain', '--user', 'dave', '--config', '/none'])).err).toContain('/none')
  })

  test.each([
    [{ endpoint: 'x' }, "endpoint: must be 'dnsrr' or 'vip'"],
    [{ container_spec: 5 }, 'container_spec: must be a dict'],
    [{ init: 'yes', service_port: 0 }, 'service_port: must be at least 1; init: must be true or'],
    [{ netwerks: [] }, 'netwerks: is not known'],
  ])('explain says what is wrong with %j', async (config, words) => {
    const file = join(directory, 'wrong.json')
    await writeFile(file, JSON.stringify(config))
    const { code, err } = await run(['explain', '--user', 'dave', '--config', file])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(words) })
  })

  test('explain says where each value came from', async () => {
    const { out } = await run(['explain', '--user', 'alice', ...image])
    expect(out).toContain('"Image": "demo/notebook:1@sha256:')
    expect(out).toMatch(/TaskTemplate\.Networks +networks/)
    expect(out).toContain('It fits now.')
  })

  test('explain lays a profile over the settings, and names it', async () => {
    const file = join(directory, 'gpu.json')
    const choices = [{ option: 'image', choice: 'r', override: { image: 'demo/r' } }]
    await writeFile(file, JSON.stringify({ slug: 'gpu', override: { mem_limit: '1G' }, choices }))
    const given = ['explain', '--user', 'alice', ...image, '--profile', file]
    expect(json((await run([...given, '--json'])).out)).toMatchObject({
      sources: {
        'TaskTemplate.ContainerSpec.Image': 'profile gpu (image: r).image',
        'TaskTemplate.Resources.Limits.MemoryBytes': 'profile gpu.mem_limit',
      },
    })
    await writeFile(file, JSON.stringify({ slug: 'g p u' }))
    const refused = await run(given)
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('slug')])
  })

  test('explain takes a profile by its slug, of the file that SWARMSPAWNER_PROFILES names', async () => {
    const file = join(directory, 'profiles.json')
    const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }
    const override = { mem_limit: '1G' }
    const profiles = [
      { slug: 'small', default: true },
      { slug: 'gpu', groups: ['physics'], override, max_runtime: '8h' },
    ]
    await writeFile(file, JSON.stringify({ config, profiles }))
    const asked = ['explain', '--user', 'ada', '--profile', 'gpu']
    const known = { SWARMSPAWNER_PROFILES: file }
    const { out, code } = await run([...asked, '--group', 'physics'], known)
    expect([code, out]).toEqual([0, expect.stringContaining('It would start.')])
    expect(out).toMatch(/Limits\.MemoryBytes +profile gpu\.mem_limit\n/)
    expect(out).toContain('"org.swarmspawner.max-runtime": "28800"')
    const refused = await run([...asked, '--profiles', file])
    expect(refused).toEqual({
      code: 2,
      out: '',
      err: 'error: --profile gpu: it is not open to ada, but to --group physics; ada may take small\n',
    })
    const unknown = await run(asked)
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringContaining('python3 -m swarmspawner profiles jupyterhub_config.py'),
    ])
  })

  test('explain says what a policy makes of a user, options and groups', async () => {
    const [policy, options] = [join(directory, 'policy.yaml'), join(directory, 'options.json')]
    await writeFile(policy, 'groups:\n  gpu:\n    resources:\n      generic: {gpu: 1}\n')
    await writeFile(options, '{"resource_spec": {"generic_resources": {"gpu": 1}}}')
    const given = ['explain', '--user', 'alice', ...image, '--policy', policy, '--options', options]
    const refused = await run(given)
    expect(refused.code).toBe(1)
    expect(refused.out).toMatch(/generic_resources +refused +not allowed by the policy/)
    expect(refused.out).toContain('It would not start')
    expect(refused.out).toContain('It fits no node: 1 of gpu are reserved')
    const allowed = await run([...given, '--group', 'gpu', '--json'])
    expect(allowed.code).toBe(1)
    expect(allowed.out).not.toContain('"refused"')
    expect(json(allowed.out)).toMatchObject({
      would_start: false,
      obstacles: [
        { reason: expect.stringContaining('the largest node that the constraints allow has 0') },
      ],
    })
    await writeFile(policy, 'users: {}\n')
    const wrong = await run(given)
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain(`${policy}: users is not known`)
  })

  test('a command exits with 3 if the Engine cannot be asked, and says what to do', async () => {
    const env = { DOCKER_HOST: `unix://${directory}/none.sock` }
    for (const command of ['poll', 'start', 'stop']) {
      const { code, err } = await run(
        [command, '--user', 'alice'].concat(command === 'start' ? image : []),
        env,
      )
      expect(code).toBe(3)
      expect(err).toContain('is the Docker Engine running?')
    }
  })

  test('a command says which setting of the docker CLI cannot be used', async () => {
    const { code, err } = await run(['ls'], { DOCKER_HOST: 'ssh://host' })
    expect(code).toBe(2)
    expect(err).toContain('ssh://host')
  })
})

describe('swarmspawner doctor', () => {
  const args = ['doctor', '--network', 'jupyterhub']

  test('doctor finds nothing to mend if all is well', async () => {
    const { code, out } = await run(args, { SWARMSPAWNER_SECRET: SECRETS.default })
    expect(out).toMatch(/^ok {4}secret: set for default$/m)
    expect(out).toMatch(/^ok {4}swarm: a manager/m)
    expect(out).toMatch(/^ok {4}network jupyterhub: overlay$/m)
    expect(out).toMatch(/^ok {4}clock/m)
    expect(code).toBe(0)
  })

  test('doctor says what to do about what is missing, and exits with 1', async () => {
    const { code, out } = await run(['doctor', '--network', 'nosuch', '--network', 'bridge'])
    expect(code).toBe(1)
    expect(out).toMatch(/^fail {2}secret: Set SWARMSPAWNER_SECRET/m)
    expect(out).toContain('docker network create --driver overlay --attachable nosuch')
    expect(out).toMatch(/^fail {2}network bridge: is a bridge network of one machine/m)
  })

  test('doctor prints JSON', async () => {
    const { out } = await run([...args, '--json'])
    const Checks = v.array(v.object({ level: v.string(), name: v.string(), message: v.string() }))
    expect(v.parse(Checks, json(out)).map(({ name }) => name)).toContain('swarm')
  })

  test('doctor asks no further if the Engine is away', async () => {
    const { out } = await run(args, { DOCKER_HOST: `unix://${directory}/none.sock` })
    expect(out).toContain('fail  engine')
    expect(out).not.toContain('swarm:')
  })
})

describe('swarmspawner demo', () => {
  const away = () => ({ DOCKER_HOST: `unix://${directory}/none.sock` })

  test('demo runs on the embedded engine if there is no other, and says why', async () => {
    const { code, out } = await run(['demo'], away())
    expect(code).toBe(0)
    const lines = out.trim().split('\n')
    expect(lines[0]).toContain('the embedded one, which runs no containers. The docker CLI')
    expect(lines[0]).toContain('there is no such socket')
    expect(out).toMatch(/^start \S+ runs on /m)
    expect(out.match(/^poll /gm)).toHaveLength(2)
    expect(lines.at(-1)).toMatch(/^poll {2}There is no server /)
  })

  test('demo uses the Engine that is there', async () => {
    const { code, out } = await run(['demo', '--image', 'demo/notebook:1', '--user', 'eve'])
    expect(code).toBe(0)
    expect(out).toContain(`Engine: ${dockerHost}, a Swarm manager (from DOCKER_HOST)`)
  })

  test('demo says how to name another image if the Engine cannot get its own', async () => {
    const { code, out } = await run(['demo', '--image', 'demo/image-missing:1'])
    expect(code).toBe(1)
    expect(out).toContain('npm run demo -- --image <image>')
  })

  test('demo prints one JSON object for each step', async () => {
    const { out } = await run(['demo', '--json', '--keep', '--server-name', 'lab'], away())
    const steps = out.trim().split('\n').map(json)
    expect(steps).toMatchObject([{ step: 'engine' }, { step: 'start' }, { step: 'poll' }])
    expect(steps[1]).toMatchObject({ service_name: expect.stringMatching(/-lab$/) })
  })
})

describe('swarmspawner serve', () => {
  test('serve does not begin without a secret, and says how to make one', async () => {
    const { code, err } = await run(['serve'])
    expect(code).toBe(2)
    expect(err).toContain('openssl rand')
  })

  test('serve logs where it listens, and ends at SIGTERM', async () => {
    const env = { SWARMSPAWNER_SECRET: SECRETS.default, PORT: '0' }
    const { code, out } = await run(['serve'], env, 'listening on')
    expect(out).toMatch(/"message":"listening on http:\/\/127\.0\.0\.1:\d+"/)
    expect(code).toBe(0)
  })
})

describe('swarmspawner serve on more than the loopback', () => {
  const env = { SWARMSPAWNER_SECRET: SECRETS.default, PORT: '0', HOST: '0.0.0.0' }

  test('serve does not begin without TLS on more than the loopback, and says what to do', async () => {
    const { code, err } = await run(['serve'], env)
    expect(code).toBe(2)
    expect(err).toContain('set SWARMSPAWNER_TLS_CERT and SWARMSPAWNER_TLS_KEY')
  })

  test('serve begins without TLS if the admin has named the network', async () => {
    const named = { ...env, SWARMSPAWNER_PLAIN_HTTP: 'control' }
    const { code, out } = await run(['serve'], named, 'listening on')
    expect(out).toContain('http://0.0.0.0:')
    expect(code).toBe(0)
  })
})

describe('swarmspawner engine', () => {
  test('engine says how to use it, and ends at SIGTERM', async () => {
    const socket = `unix://${directory}/engine.sock`
    const { code, out } = await run(['engine', '--listen', socket], {}, 'DOCKER_HOST=')
    expect(out).toContain(`export DOCKER_HOST=${socket}`)
    expect(code).toBe(0)
  })

  test('engine speaks as the Engine version that it is told to, and as no other', async () => {
    const socket = `unix://${directory}/engine-29.sock`
    const options = ['--as', '29.7', '--image-store', 'overlay2']
    const { code, out } = await run(['engine', '--listen', socket, ...options], {}, 'DOCKER_HOST=')
    expect(out).toContain(`export DOCKER_HOST=${socket}`)
    expect(code).toBe(0)
    for (const version of EMBEDDED_VERSIONS)
      expect((await run(['engine', '--listen', 'ftp://x', '--as', version])).err).toContain(
        'unix://',
      )
    for (const store of IMAGE_STORES)
      expect((await run(['engine', '--listen', 'ftp://x', '--image-store', store])).code).toBe(2)
    const other = await run(['engine', '--listen', socket, '--as', '1.13'])
    expect(other.code).toBe(2)
    expect(other.err).toContain('28.5, 29.7')
  })

  test('engine refuses an address that is no address', async () => {
    expect((await run(['engine', '--listen', 'ftp://x'])).code).toBe(2)
  })
})

test('a command ends without complaint if the reader of its output has seen enough', async () => {
  const piped = ['-c', `"$0" "$1" --help | head -n 1`, process.execPath, program]
  const { stdout, stderr } = await promisify(execFile)('sh', piped)
  expect(stdout).toBe('Usage: swarmspawner [options] [command]\n')
  expect(stderr).toBe('')
})

test('compiled code is kept for the next start, in a directory of the user alone', async () => {
  await run(['--version'])
  expect(await readdir(join(directory, '.cache/swarmspawner'))).toHaveLength(1)
  const elsewhere = join(directory, 'elsewhere')
  await run(['--version'], { NODE_COMPILE_CACHE: elsewhere })
  expect(await readdir(elsewhere)).toHaveLength(1)
})

test('a command takes the hub of the environment if no other is named', async () => {
  const env = { SWARMSPAWNER_HUB: 'physics' }
  expect((await run(['ls'], env)).out).toContain('No servers of hub physics.')
  expect((await run(['ls', '--hub', 'biology'], env)).out).toContain('No servers of hub biology.')
  const wrong = await run(['ls'], { SWARMSPAWNER_HUB: 'a b' })
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('SWARMSPAWNER_HUB must be') })
})
