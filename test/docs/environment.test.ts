import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { HUB_ENVIRONMENT, readStacks, stackEnvironment } from '../../docs/write/environment.ts'
import { ENVIRONMENT } from '../../handlers/settings/variables.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { secretsRead, variablesRead } from '../support/variables-read.ts'

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')

const variables = ENVIRONMENT.flatMap((group) => group.variables)
const named = variables.map(({ name }) => name)
const secrets = variables.filter(({ isSecret }) => isSecret).map(({ name }) => name)

const sources = globSync('{src,handlers,cli}/**/*.ts', { cwd: projectRoot })
  .filter((file) => file !== 'handlers/settings/variables.ts')
  .map((file) => ({ file, text: read(file) }))

const NAME = /\b(?:SWARMSPAWNER|DOCKER)(?:_[A-Z]+)+\b/g

/** The files that a source is made of, itself for one. */
const filesBehind = (file: string, seen = new Set<string>()): Set<string> => {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, path = ''] of read(file).matchAll(/(?:from |import\()'(\.[^']+)'/g))
    filesBehind(join(dirname(file), path), seen)
  return seen
}

const onTheEdge = filesBehind('handlers/worker.ts')

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort()

test('the table of variables has what the code reads, no more and no less', () => {
  expect(sorted(sources.flatMap(variablesRead))).toEqual(sorted(named))
})

test('each variable that a message or comment names is in the table', () => {
  for (const { file, text } of sources) {
    const mentioned = (text.match(NAME) ?? []).filter((name) => !text.includes(`const ${name} =`))
    for (const name of mentioned)
      expect({ file, named }).toEqual({
        file,
        named: expect.arrayContaining([name.replace(/_FILE$/, '')]),
      })
  }
})

test('a variable that can be read from a file is a secret', () => {
  expect(sorted(sources.flatMap(secretsRead))).toEqual(sorted(secrets))
})

test('a variable that means something on workerd is read there', () => {
  const there = sources.filter(({ file }) => onTheEdge.has(file)).flatMap(variablesRead)
  const onWorkerd = variables.filter((variable) => variable.onWorkerd)
  for (const { name } of onWorkerd) expect(there).toContain(name)
  expect(onWorkerd.length).toBeGreaterThan(5)
})

test('the sentences about variables are not in what runs on workerd', () => {
  expect(onTheEdge).toContain('handlers/settings/service-settings.ts')
  expect(onTheEdge).not.toContain('handlers/settings/variables.ts')
})

test('a page that says more about a variable is there', () => {
  for (const { see } of variables)
    if (see) expect(existsSync(join(projectRoot, see.replace(/#.*/, '')))).toBe(true)
})

test("the table of the hub's class has the variables that the class reads", () => {
  const found = read('hub/swarmspawner.py').matchAll(/os\.environ\.get\('(\w+)'/g)
  expect(sorted([...found].map(([, name = '']) => name))).toEqual(
    sorted(HUB_ENVIRONMENT.map(({ name }) => name)),
  )
})

/** As a stack file takes a variable. */
const taken = (variable: string): string => `a: \${${variable}}`

test('each variable of the stack file is told with its default, once', () => {
  const file = ['HUB_PORT:-8000', 'DOCKER_GID:?why', 'HUB_PORT:-8000', 'HUB_USERS:-']
    .map(taken)
    .join('\n')
  expect(stackEnvironment(file)).toEqual([
    { name: 'DOCKER_GID', meaning: expect.any(String), otherwise: 'none; it has to be set' },
    { name: 'HUB_PORT', meaning: expect.any(String), otherwise: '`8000`' },
    { name: 'HUB_USERS', meaning: expect.any(String), otherwise: 'none' },
  ])
})

test('a variable of the stack file without a description is an error', () => {
  expect(() => stackEnvironment(taken('COLOUR:-red'))).toThrow('COLOUR')
})

test('the stack files have the variables that are described, and no others', () => {
  const section = read('docs/reference/environment.md').split('## The stack file')[1] ?? ''
  const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  const names = new Set([...readStacks().matchAll(/\$\{(\w+)/g)].map(([, name]) => name))
  expect(rows).toEqual([...names].sort())
})
