import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandsIn, helpOf } from '../../docs/write/cli.ts'
import { projectRoot } from '../../lab/project-root.ts'

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')

/** Those whose files say so. */
const commands = globSync('cli/*.ts', { cwd: projectRoot })
  .flatMap((file) => [...read(file).matchAll(/^\/\*\* `swarmspawner (\S+)` \*\/$/gm)])
  .map(([, name = '']) => name)

test("the program's help has every command that there is a file of", async () => {
  expect(commands.length).toBeGreaterThan(5)
  expect(commandsIn(await helpOf()).sort()).toEqual([...commands, 'help'].sort())
})

test('every command has a heading, and its help below it', () => {
  const page = read('docs/reference/cli.md')
  const helps = [...page.matchAll(/^## (\S+)\n\n```text\nUsage: swarmspawner (\S+) /gm)]
  expect(helps.map(([, heading]) => heading).sort()).toEqual([...commands].sort())
  for (const [, heading, command] of helps) expect(command).toBe(heading)
})

test('a command is what stands two spaces in, below "Commands:"', () => {
  const help =
    'Usage: x\n\nCommands:\n  a [options]  does a\n               and more\n  b-c  does b\n\nEnd:\n  d\n'
  expect(commandsIn(help)).toEqual(['a', 'b-c'])
})
