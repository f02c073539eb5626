import { expect, test } from 'vitest'
import { readUpOptions } from '../../../lab/hub/up-options.ts'

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

test.each([
  [['--release', 'sid'], '--release'],
  [['--port', '80x'], '--port'],
  [['--port', '65536'], '--port'],
  [['--engine', '19'], '--engine'],
  [['--nope'], '--nope'],
])('hub:up %j is refused with the name of the option', (args, name) => {
  expect(() => readUpOptions(args)).toThrow(name)
})
