import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { PullReport } from '../../src/spawner/images/pull-report.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { temporaryDirectory } from '../support/listen.ts'
import { startServer } from '../support/start-server.ts'

const program = join(import.meta.dirname, '../../dist/cli.js')
const Answers = v.array(v.object({ asked: v.string(), report: v.nullable(PullReport) }))

let directory: string
let dockerHost: string
beforeEach(async () => {
  directory = temporaryDirectory()
  const engine = createEmbeddedEngine({ speed: 20, nodes: 2 })
  const listening = await listenEmbedded(engine, `unix://${join(directory, 'e.sock')}`)
  onTestFinished(listening.close)
  dockerHost = listening.dockerHost
  await startServer(createSpawner(engine.transport), { username: 'alice', image: 'lab/old:1' })
})

/** Runs the built program. */
const run = (args: string[], host = dockerHost) =>
  new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
    const env = { DOCKER_HOST: host, HOME: directory }
    const child = spawn(process.execPath, [program, ...args], { env })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    child.on('error', reject).on('close', (code) => resolve({ code, out, err }))
  })

const file = (content: unknown): string => {
  const path = join(directory, 'profiles.json')
  writeFileSync(path, JSON.stringify(content))
  return path
}

describe('swarmspawner pull', () => {
  test('waits until an image is on every node, and says so of each', async () => {
    const { code, out } = await run(['pull', 'lab/nb:1'])
    expect(code).toBe(0)
    expect(out).toMatch(/^lab\/nb:1 {2}embedded {4}there$/m)
    expect(out).toMatch(/^lab\/nb:1 {2}embedded-2 {2}there$/m)
  })

  test('ends with 1 if a node could not download an image, in the Engine’s words', async () => {
    const { code, out } = await run(['pull', 'lab/nb:1', 'lab/missing:1'])
    expect(code).toBe(1)
    expect(out).toMatch(/^lab\/missing:1 {2}embedded-2 {2}failed {2}No such image: lab\/missing:1/m)
    expect(out).toContain('warning: lab/missing:1: ')
  })

  test('takes the images of profiles, with their nodes, and leaves out those without one', async () => {
    const profiles = [
      { slug: 'gpu', override: { image: 'lab/gpu:1', placement: ['node.role==worker'] } },
      { slug: 'plain', override: { mem_limit: '1G' } },
    ]
    const { code, out, err } = await run(['pull', '--profiles', file(profiles), '--json'])
    expect(err).toBe('profile plain: has no image of its own, and is left out\n')
    const answers = v.parse(Answers, JSON.parse(out))
    expect(answers).toMatchObject([
      {
        asked: 'lab/gpu:1',
        report: { why: 'profile gpu', nodes: [{ node: 'embedded-2', state: 'there' }] },
      },
    ])
    expect(code).toBe(0)
  })

  test('with --detach it does not wait, and a time that is over is a failure', async () => {
    expect((await run(['pull', 'demo/pull-forever:1', '--detach'])).code).toBe(0)
    const { code, out } = await run(['pull', 'demo/pull-forever:1', '--timeout', '1'])
    expect(code).toBe(1)
    expect(out).toMatch(/embedded-2 {2}downloading/)
  })

  test('says if no node would run the image', async () => {
    const { code, out } = await run(['pull', 'lab/nb:1', '--constraint', 'node.labels.gpu==true'])
    expect(code).toBe(1)
    expect(out).toBe('lab/nb:1: no node that takes servers now would run it\n')
  })

  test.each([
    ['no image', ['pull'], 2, 'name an image, or give --profiles'],
    ['a constraint without a value', ['pull', 'a', '--constraint', 'x'], 2, 'needs == or !='],
    ['an odd time', ['pull', 'a', '--timeout', '-1'], 2, 'Write seconds'],
    ['a name that the Engine refuses', ['pull', 'Not An Image'], 1, 'not a valid repository/tag'],
  ])('%s', async (_, args, code, words) => {
    const result = await run(args)
    expect(result).toMatchObject({ code, err: expect.stringContaining(words) })
  })

  test('an Engine that is away is told with the code 3', async () => {
    const { code, err } = await run(['pull', 'lab/nb:1'], `unix://${directory}/nobody.sock`)
    expect(code).toBe(3)
    expect(err).toContain('is the Docker Engine running?')
  })
})

describe('swarmspawner images', () => {
  test('says which images are due and why, and which node has what', async () => {
    await run(['pull', 'lab/nb:1'])
    const { code, out } = await run(['images'])
    expect(code).toBe(0)
    expect(out).toMatch(/^lab\/nb:1 {2}sha256:\w{12} {2}command {3}swarmspawner pull {2}\d+ s/m)
    expect(out).toMatch(/all nodes {2}2 of 2$/m)
    expect(out).toMatch(/^embedded\S* +lab\/old:1 +- +1$/m)
    expect(out).not.toContain('alice')
  })

  test('--remove takes an image off, however its name is written; a wrong name removes nothing', async () => {
    await run(['pull', 'lab/nb'])
    const wrong = await run(['images', '--remove', 'lab/nb:latest', '--remove', 'lab/other:1'])
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('no such image is due') })
    const { out } = await run(['images', '--remove', 'docker.io/lab/nb:latest', '--json'])
    expect(JSON.parse(out)).toMatchObject({ due: [] })
    expect((await run(['images'])).out).toContain('No image is pulled ahead for the hub "default"')
  })
})
