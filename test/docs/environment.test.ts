import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../deploy/hub/docker-cli.ts'
import { HUB_ENVIRONMENT, STACK_ENVIRONMENT } from '../../docs/write/environment.ts'
import { ENVIRONMENT } from '../../handlers/environment.ts'
import { secretsRead, variablesRead } from '../support/variables-read.ts'

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')

const variables = ENVIRONMENT.flatMap((group) => group.variables)
const named = variables.map(({ name }) => name)
const secrets = variables.filter(({ isSecret }) => isSecret).map(({ name }) => name)

const sources = globSync('{src,handlers,cli}/**/*.ts', { cwd: projectRoot })
  .filter((file) => file !== 'handlers/environment.ts')
  .map((file) => ({ file, text: read(file) }))

const NAME = /\b(?:SWARMSPAWNER|DOCKER)(?:_[A-Z]+)+\b/g

/** The files that a source is made of, itself for one. */
const filesBehind = (file: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, path = ''] of read(file).matchAll(/from '(\.[^']+)'/g))
    filesBehind(join(dirname(file), path), seen)
  return seen
}

const onTheEdge = filesBehind('handlers/worker.ts')

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort()

test('what the code reads is what the table has, no more and no less', () => {
  expect(sorted(sources.flatMap(variablesRead))).toEqual(sorted(named))
})

test('what a message or comment names is in the table', () => {
  for (const { file, text } of sources) {
    const mentioned = (text.match(NAME) ?? []).filter((name) => !text.includes(`const ${name} =`))
    for (const name of mentioned)
      expect({ file, named }).toEqual({
        file,
        named: expect.arrayContaining([name.replace(/_FILE$/, '')]),
      })
  }
})

test('a secret is what can be read from a file', () => {
  expect(sorted(sources.flatMap(secretsRead))).toEqual(sorted(secrets))
})

test('what means something on workerd is read there', () => {
  const there = sources.filter(({ file }) => onTheEdge.has(file)).flatMap(variablesRead)
  const onWorkerd = variables.filter((variable) => variable.onWorkerd)
  for (const { name } of onWorkerd) expect(there).toContain(name)
  expect(onWorkerd.length).toBeGreaterThan(5)
})

test('the sentences are not in what runs on workerd', () => {
  expect(onTheEdge).toContain('handlers/env.ts')
  expect(onTheEdge).not.toContain('handlers/environment.ts')
})

test('a page that says more is there', () => {
  for (const { see } of variables)
    if (see) expect(existsSync(join(projectRoot, see.replace(/#.*/, '')))).toBe(true)
})

test("what the hub's class reads is what its table has", () => {
  const found = read('hub/swarmspawner.py').matchAll(/os\.environ\.get\('(\w+)'/g)
  expect(sorted([...found].map(([, name = '']) => name))).toEqual(
    sorted(HUB_ENVIRONMENT.map(({ name }) => name)),
  )
})

test('what the stack file takes is what its table has, with the same defaults', () => {
  const found = read('deploy/stack.yml').matchAll(/\$\{([A-Z_]+):([?-])([^}]*)\}/g)
  const defaults = new Map(
    [...found].map(([, name = '', kind, value]) => [name, kind === '-' && value]),
  )
  expect(sorted(STACK_ENVIRONMENT.map(({ name }) => name))).toEqual(sorted(defaults.keys()))
  for (const { name, otherwise } of STACK_ENVIRONMENT)
    expect(otherwise).toBe(
      defaults.get(name) ? `\`${defaults.get(name)}\`` : 'none; it has to be set',
    )
})
