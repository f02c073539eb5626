import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { JUPYTERHUB_SETTINGS } from '../../docs/write/jupyterhub-settings.ts'
import { readTraits } from '../../docs/write/read-traits.ts'
import { settingsPage } from '../../docs/write/settings.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { HubConfig } from '../../src/spawner/settings/hub-config.ts'

const source = readFileSync(join(projectRoot, 'hub/swarmspawner.py'), 'utf8')
const read = readTraits()
const accepted = Object.keys(HubConfig.entries)
const described = [...settingsPage().matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)

test('every setting that the service accepts is on the page', () => {
  for (const name of accepted) expect(described).toContain(name)
})

test('every setting of the class that is sent is one that the service accepts', () => {
  const sent = read.traits.filter((trait) => trait.sent).map(({ name }) => name)
  expect(sent.length).toBeGreaterThan(10)
  for (const name of sent) expect(accepted).toContain(name)
})

test('every setting that the class has is read, and none twice', () => {
  const inSource = [...source.matchAll(/^ {4}(\w+) = (?:_setting\(|\w+\(.*help=|\w+\($)/gm)]
  const names = read.traits.map(({ name }) => name)
  expect(names).toEqual(inSource.map(([, name]) => name))
  expect(new Set(names).size).toBe(names.length)
})

test('a setting of JupyterHub whose default is another one here is on the page', () => {
  expect(read.defaults).toContain('env_keep')
  for (const name of read.defaults) expect(described).toContain(name)
})

test('a setting is either of the class or of JupyterHub', () => {
  const own = read.traits.map(({ name }) => name)
  for (const { name } of JUPYTERHUB_SETTINGS) expect(own).not.toContain(name)
})

test('every help of a setting is made of sentences', () => {
  for (const { name, help } of read.traits)
    expect({ name, help }).toEqual({ name, help: expect.stringMatching(/^[A-Z].+\.$/) })
})

test('a setting without a heading is an error, and so is a heading without a setting', () => {
  const [first, ...rest] = read.traits
  if (!first) throw new Error('the class has no settings')
  const unknown = { ...first, name: 'colour' }
  expect(() => settingsPage({ ...read, traits: [unknown, ...read.traits] })).toThrow('colour')
  expect(() => settingsPage({ ...read, traits: rest })).toThrow(first.name)
})

test('without a Python, a sentence says what to install', () => {
  expect(() => readTraits('/nowhere/python3')).toThrow(/apt-get install python3/)
})
