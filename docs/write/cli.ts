import { wholeProgram } from '../../cli/program.ts'
import { page } from './markdown.ts'

/** 80 columns: what a program writes for where there is no terminal. */
const WIDTH = 80

/** The output of `swarmspawner --help`, or of `swarmspawner <command> --help`, as wide as without a terminal. */
export const helpOf = async (name?: string): Promise<string> => {
  const program = await wholeProgram()
  const command = name === undefined ? program : program.commands.find((one) => one.name() === name)
  if (!command) throw new Error(`There is no command ${name}`)
  const parts: string[] = []
  command
    .configureOutput({
      writeOut: (part) => parts.push(part),
      getOutHelpWidth: () => WIDTH,
      getOutHasColors: () => false,
    })
    .outputHelp()
  return parts.join('')
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
