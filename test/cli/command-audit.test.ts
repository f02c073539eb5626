import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createService } from '../../src/docker/services.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { ACTS } from '../../src/spawner/audit.ts'
import { printable } from '../../src/spawner/errors.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { HOSTILE, UNPRINTABLE } from '../support/hostile-engine.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { runCommand } from '../support/run-command.ts'
import { startServer } from '../support/start-server.ts'
import { untold, watchWrites } from '../support/watch-writes.ts'

const HOUR = 3_600_000
const Line = v.looseObject({
  act: v.picklist(ACTS),
  by: v.literal('command'),
  command: v.string(),
  os_user: v.literal(userInfo().username),
  host: v.literal(hostname()),
  service_id: v.optional(v.string()),
  node: v.optional(v.string()),
  outcome: v.optional(v.string()),
})

let directory: string
let file: string
let dockerHost: string
let watched: ReturnType<typeof watchWrites>
let behindMs: number
beforeEach(async () => {
  directory = temporaryDirectory()
  file = join(directory, 'audit.log')
  behindMs = 3 * HOUR
  const now = () => Date.now() - behindMs
  watched = watchWrites(createEmbeddedEngine({ speed: 50, nodes: 2, now }))
  const listening = await listenEmbedded(watched.engine, `unix://${join(directory, 'e.sock')}`)
  onTestFinished(listening.close)
  ;({ dockerHost } = listening)
})

const run = (args: readonly string[], SWARMSPAWNER_AUDIT = file, more = {}) =>
  runCommand(args, { DOCKER_HOST: dockerHost, HOME: directory, SWARMSPAWNER_AUDIT, ...more })
const lines = () =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => v.parse(Line, JSON.parse(line)))
    : []

const image = ['--image', 'demo/notebook:1']
const user = ['--user', 'alice']
const soon = () => new Date(Date.now() + HOUR).toISOString()
/** Every command that changes the swarm, and which changes each of its calls takes. */
const COMMANDS: Readonly<Record<string, { calls: string[][]; changes: string[]; acts: string[] }>> =
  {
    start: {
      calls: [
        ['start', ...user, ...image],
        ['start', ...user, ...image],
      ],
      changes: ['create', 'remove', 'create'],
      acts: ['start', 'replace', 'start'],
    },
    'start of a server that ends': {
      calls: [['start', ...user, '--image', 'demo/crash-at-start:1']],
      changes: ['create', 'remove'],
      acts: ['start', 'end'],
    },
    stop: {
      calls: [
        ['start', ...user, ...image],
        ['stop', ...user],
        ['stop', ...user],
      ],
      changes: ['create', 'remove'],
      acts: ['start', 'stop'],
    },
    drain: {
      calls: [
        ['drain', 'embedded-2', '--at', soon(), '--message', 'New disks'],
        ['drain', 'embedded-2', '--undo'],
        ['drain', 'embedded-2', '--undo'],
      ],
      changes: ['node', 'node'],
      acts: ['drain', 'drain'],
    },
    'drain at once': { calls: [['drain', 'embedded-2']], changes: ['node'], acts: ['drain'] },
    pull: {
      calls: [
        ['pull', 'lab/nb:1', 'lab/missing:1', '--timeout', '5'],
        ['pull', 'lab/missing:1', '--detach'],
        ['images', '--remove', 'lab/nb:1'],
      ],
      changes: ['create', 'create', 'update', 'update', 'remove'],
      acts: ['pull', 'pull', 'pull', 'drop'],
    },
    demo: {
      calls: [['demo', ...image]],
      changes: ['create', 'remove'],
      acts: ['start', 'run', 'stop'],
    },
  }
/** Commands that change nothing. */
const LOOKING = [
  ['poll', ...user],
  ['ls'],
  ['logs', ...user],
  ['gc'],
  ['gc', '--foreign'],
  ['images'],
  ['explain', ...user, ...image],
  ['doctor'],
]

describe('each change that a command makes has a line', () => {
  test.each(Object.entries(COMMANDS))('%s', async (_, { calls, changes, acts }) => {
    behindMs = 0
    for (const call of calls) await run(call)
    expect(watched.writes.map(({ what }) => what)).toEqual(changes)
    expect(untold(watched.writes, lines(), () => 'embedded-2')).toEqual([])
    expect(lines().map(({ act }) => act)).toEqual(acts)
    const commands = new Set(calls.map(([command]) => command))
    for (const { command } of lines()) expect(commands).toContain(command)
  })

  test('gc --yes and gc --foreign --remove', async () => {
    const spawner = createSpawner(watched.engine.transport)
    await startServer(spawner, { username: 'bob', image: 'demo/crash-at-start:1' }, false)
    const Env = ['JUPYTERHUB_API_TOKEN=t', 'JUPYTERHUB_USER=eve\nb', 'JUPYTER_IMAGE_SPEC=a']
    const ContainerSpec = { Image: 'demo/notebook:1', Env }
    await createService(spawner.docker, { spec: { Name: 'eve', TaskTemplate: { ContainerSpec } } })
    watched.writes.length = 0
    behindMs = 0
    for (const looking of [['gc'], ['gc', '--foreign']]) await run(looking)
    expect(lines()).toEqual([])
    expect((await run(['gc', '--yes'])).out).toContain('removed')
    expect((await run(['gc', '--foreign', '--remove', 'eve'])).out).toContain('removed')
    expect(watched.writes.map(({ what }) => what)).toEqual(['remove', 'remove'])
    expect(untold(watched.writes, lines())).toEqual([])
    expect(lines()).toMatchObject([
      { act: 'gc', command: 'gc', username: 'bob', hub: 'default', outcome: 'removed' },
      { act: 'gc', command: 'gc', username: 'eve b', service: 'eve', outcome: 'removed' },
    ])
    expect(lines()[1]).not.toHaveProperty('hub')
  })

  test('commands that only look change nothing, need no file, and write none', async () => {
    behindMs = 0
    await startServer(createSpawner(watched.engine.transport), { username: 'alice' })
    watched.writes.length = 0
    const missing = join(directory, 'missing', 'audit.log')
    for (const { err } of await Promise.all(LOOKING.map((args) => run(args, missing))))
      expect(err).not.toContain('SWARMSPAWNER_AUDIT')
    expect(watched.writes).toEqual([])
  })
})

describe('SWARMSPAWNER_AUDIT of a command', () => {
  const pull = ['pull', 'lab/nb:1', '--detach']

  test('a file is made for its user alone, and gets who ran sudo', async () => {
    const { code, err } = await run(pull, file, { SUDO_USER: 'eve\nroot' })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(lines()).toMatchObject([{ act: 'pull', sudo_user: 'eve root' }])
  })

  test.each(['stderr', 'stdout'])('%s means the standard error', async (target) => {
    const { out, err } = await run([...pull, '--json'], target)
    expect(JSON.parse(out)).toMatchObject([{ asked: 'lab/nb:1' }])
    expect(v.parse(Line, JSON.parse(err))).toMatchObject({ act: 'pull', image: 'lab/nb:1' })
  })

  test.each(['', 'off'])('"%s" means no line', async (target) => {
    expect(await run(pull, target)).toMatchObject({ code: 0, err: '' })
    expect(watched.writes).toHaveLength(1)
  })

  test('a file that cannot be opened keeps it from doing anything', async () => {
    mkdirSync(file)
    const { code, err } = await run(pull)
    expect({ code, err }).toEqual({
      code: 2,
      err: `error: SWARMSPAWNER_AUDIT: ${file} cannot be written\n`,
    })
    expect(watched.writes).toEqual([])
  })

  test('a full disk is told once, and the command does the rest', async () => {
    const { code, err } = await run(['pull', 'lab/nb:1', 'lab/nb:2', '--detach'], '/dev/full')
    expect(code).toBe(0)
    expect(err).toMatch(/^error: the audit log cannot be written, and lacks .*ENOSPC.*\n$/)
    expect(watched.writes).toHaveLength(2)
  })

  test('a name that somebody else has chosen stays on its line', async () => {
    behindMs = 0
    const username = HOSTILE.replaceAll('\0', '')
    await startServer(createSpawner(watched.engine.transport), { username })
    expect((await run(['stop', '--user', username])).err).toBe('')
    expect(lines()).toMatchObject([{ act: 'stop', username: printable(username, 1000) }])
    expect(readFileSync(file, 'utf8').slice(0, -1)).not.toMatch(UNPRINTABLE)
  })

  test('a file that others have made keeps its mode', async () => {
    await run(pull)
    chmodSync(file, 0o640)
    await run(['images', '--remove', 'lab/nb:1'])
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(lines()).toMatchObject([{ act: 'pull' }, { act: 'drop' }])
  })
})
