import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import * as v from 'valibot'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { run } from '../lab/hub/docker-cli.ts'
import { projectRoot } from '../lab/project-root.ts'
import manifest from '../package.json' with { type: 'json' }
import { createEmbeddedEngine } from '../src/embedded/engine.ts'
import { listenEmbedded } from '../src/embedded/listen.node.ts'
import { createSpawner } from '../src/spawner/spawner.ts'
import { makeDirectory } from './support/make-directory.ts'
import { startServer } from './support/start-server.ts'
import { ADMIN_TOKEN, SECRETS } from './support/test-hub.ts'

// What people install: the packed package, in a folder that has nothing else.

const folder = makeDirectory()
const npm = (args: readonly string[]) => run(['npm', ...args, '--no-audit', '--no-fund'], {})
let tarball: string

beforeAll(async () => {
  const packed = await npm(['pack', '--json', '--pack-destination', folder])
  const [{ filename }] = v.parse(
    v.pipe(v.string(), v.parseJson(), v.tuple([v.object({ filename: v.string() })])),
    packed,
  )
  tarball = join(folder, filename)
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  await npm(['install', '--prefix', folder, '--prefer-offline', '--ignore-scripts', tarball])
}, 120_000)

const entryPoints = Object.keys(manifest.exports)
  .filter((name) => name !== './package.json')
  .map((name) => name.replace('.', 'swarmspawner'))

const inFolder = (program: string, args: readonly string[], env: Record<string, string> = {}) =>
  run(['sh', '-c', `cd "$0" && exec "$@"`, folder, program, ...args], env)

test('publint finds nothing to mend in the package', async () => {
  const { messages } = await publint({ pkgDir: projectRoot, strict: true })
  expect(messages).toEqual([])
})

test('every entry point has types, for all who can import a module', async () => {
  const file = createPackageFromTarballData(readFileSync(tarball))
  const result = await checkPackage(file)
  if (!result.types) throw new Error('no types')
  // Of those who can't, Node.js 10's way knows no entry points, and CommonJS gets a module by require.
  const problems = result.problems.filter(
    (problem) =>
      !('resolutionKind' in problem) || !/^(node10|node16-cjs)$/.test(problem.resolutionKind),
  )
  expect(problems).toEqual([])
  expect(Object.keys(result.entrypoints)).toContain('./docker/services')
}, 60_000)

test('every entry point can be imported, and has something to export', async () => {
  const program = `for (const name of ${JSON.stringify(entryPoints)})
    console.log(name, Object.keys(await import(name)).length > 0 || name.endsWith('/transport'))`
  const said = await inFolder(process.execPath, ['--input-type=module', '-e', program])
  expect(said.split('\n')).toEqual(entryPoints.map((name) => `${name} true`))
})

describe('docs/library.md', () => {
  const page = readFileSync(join(projectRoot, 'docs/library.md'), 'utf8')
  const examples = [...page.matchAll(/## (.+)\n(?:(?!\n## )[\s\S])*?```ts\n([\s\S]*?)```/g)].map(
    ([, name = '', code = '']) => ({ name, code }),
  )

  test('docs/library.md names every entry point', () => {
    const last = (name: string) => name.slice(name.lastIndexOf('/') + 1)
    const named = new Set(page.match(/[\w.-]+(?=`)/g))
    expect(entryPoints.map(last).filter((name) => !named.has(name))).toEqual([])
  })

  test('docs/library.md has examples that compile', async () => {
    expect(examples.map(({ name }) => name)).toEqual([
      'The Engine client',
      'The spawner',
      'The embedded engine',
      'Single functions',
    ])
    for (const [nth, { code }] of examples.entries())
      writeFileSync(join(folder, `example-${nth}.ts`), code)
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
    for (const name of ['@types/node', 'undici-types'])
      symlinkSync(join(projectRoot, 'node_modules', name), join(folder, 'node_modules', name))
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024']
    const tsc = join(projectRoot, 'node_modules/typescript/bin/tsc')
    await inFolder(process.execPath, [
      tsc,
      ...options,
      ...['--types', 'node'],
      ...examples.map((_, nth) => `example-${nth}.ts`),
    ])
  }, 60_000)

  test.each([
    ['The Engine client', 'jupyter-'],
    ['The spawner', 'running Running on embedded'],
    ['The embedded engine', 'tcp://127.0.0.1:'],
    ['Single functions', "state: 'running'"],
  ])('docs/library.md has an example that works: %s', async (name, words) => {
    const engine = createEmbeddedEngine({ speed: 10 })
    const { dockerHost, close } = await listenEmbedded(engine, 'tcp://127.0.0.1:0')
    onTestFinished(close)
    if (name !== 'The spawner')
      await startServer(createSpawner(engine.transport), { username: 'alice' })
    const env = {
      DOCKER_HOST: dockerHost,
      SWARMSPAWNER_SECRET: SECRETS.default,
      SWARMSPAWNER_ADMIN_TOKEN: ADMIN_TOKEN,
    }
    const file = `example-${examples.findIndex((example) => example.name === name)}.ts`
    expect(await inFolder(process.execPath, [file], env)).toContain(words)
  })
})

test('the program runs as npm installs it, and says its version', async () => {
  const bin = join(folder, 'node_modules/.bin/swarmspawner')
  expect(await inFolder(bin, ['--version'])).toBe(manifest.version)
  expect(await inFolder(bin, ['--help'])).toContain('doctor')
  expect(await inFolder(bin, ['demo', '--json'], { DOCKER_HOST: 'unix:///nowhere' })).toContain(
    '"state":"running"',
  )
})

test('code that is bundled comes with its licenses', () => {
  const path = join(folder, 'node_modules/swarmspawner/dist/third-party-licenses.txt')
  const text = readFileSync(path, 'utf8')
  for (const name of Object.keys(manifest.dependencies)) expect(text).toContain(`${name} `)
  expect(text).toContain('Permission is hereby granted')
})
