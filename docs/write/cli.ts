import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { projectRoot } from '../../lab/project-root.ts'
import { page } from './markdown.ts'

const run = promisify(execFile)

/** The output of `swarmspawner <command> --help`, as wide as without a terminal. */
export const helpOf = async (...command: string[]): Promise<string> => {
  const args = ['cli/main.ts', ...command, '--help']
  const env = { PATH: process.env['PATH'], NO_COLOR: '1' }
  return (await run(process.execPath, args, { cwd: projectRoot, env })).stdout
}

/** The commands that the program's help has. */
export const commandsIn = (help: string): string[] => {
  const [, list = ''] = help.split('\nCommands:\n')
  const [first = ''] = list.split('\n\n')
  return [...first.matchAll(/^ {2}([\w-]+)/gm)].map(([, name = '']) => name)
}

/** docs/reference/cli.md. */
export const cliPage = async (): Promise<string> => {
  const help = await helpOf()
  const commands = commandsIn(help).filter((name) => name !== 'help')
  const parts: string[] = []
  for (const name of commands) parts.push(`## ${name}`, block(await helpOf(name)))
  return page(
    'The command line',
    'This is the help of `swarmspawner` and of each command. Run `npm run swarmspawner -- <command>` in a clone, or `npx swarmspawner <command>` if the package is installed. See also the [exit codes](errors.md#exit-codes) and the [environment](environment.md).',
    [block(help), ...parts],
  )
}

const block = (text: string): string => ['```text', text.trim(), '```'].join('\n')
