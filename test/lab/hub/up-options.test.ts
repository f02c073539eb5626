import { expect, test } from 'vitest'
import { readUpOptions, UpOptions, USAGE } from '../../../lab/hub/up-options.ts'

/** The lists of values in a text, such as 6.1|5.5. */
const listedIn = (text: string) =>
  [...text.matchAll(/ ([\d.]+(?:\|[\d.]+)+) /g)].map(([, list = '']) => new Set(list.split('|')))

test('hub:up without options makes the newer hub, on port 8000, on the Engine at hand', () => {
  expect(readUpOptions([])).toEqual({ port: 8000, help: false })
})

test('hub:up takes release, port, engine and a file of configuration', () => {
  const args = ['--release', '3.0', '--port', '8001', '--engine', '28.5', '--config', 'a.py']
  expect(readUpOptions(args)).toMatchObject({
    release: '3.0',
    port: 8001,
    engine: '28.5',
    config: 'a.py',
  })
})

test('the help of hub:up has every option with all that it takes, and what hub:down removes', () => {
  for (const name of Object.keys(UpOptions.entries))
    expect(USAGE).toMatch(new RegExp(`^  --${name}\\b`, 'm'))
  const { release, engine } = UpOptions.entries
  for (const { wrapped } of [release, engine])
    expect(listedIn(USAGE)).toContainEqual(new Set(wrapped.options))
  for (const told of ['swarmspawner-local-<port>', 'npm run hub:down', 'homes', 'SWARMSPAWNER_LAB'])
    expect(USAGE).toContain(told)
})

test('a value that hub:up does not take is answered with those that it takes', () => {
  expect(() => readUpOptions(['--release', 'sid'])).toThrow(
    '--release "sid": it has to be one of 3.0, 5.2, 5.5, 6.1. npm run hub:up -- --help',
  )
  expect(() => readUpOptions(['--port', '80x'])).toThrow('--port "80x": it has to be a number.')
  expect(() => readUpOptions(['--nope'])).toThrow("'--nope'. npm run hub:up -- --help says")
})

test.each([
  [['--release', 'sid'], '--release'],
  [['--port', '0'], '--port'],
  [['--port', '80x'], '--port'],
  [['--port', '65536'], '--port'],
  [['--engine', '19'], '--engine'],
  [['--nope'], '--nope'],
])('hub:up %j is refused with the name of the option', (args, name) => {
  expect(() => readUpOptions(args)).toThrow(name)
})
