import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { endWithReaders } from './end-with-readers.ts'
import { reportFailure } from './exit-code.ts'

const version = (): string => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isManifest ? String(manifest.version) : 'unknown'
}

/** Loads the commands. The service and its health check start without loading the others. */
const loadCommands = async (named: string | undefined): Promise<Command[]> => {
  if (named === 'serve') return [(await import('./serve.ts')).serveCommand()]
  if (named === 'health') return [(await import('./health.ts')).healthCommand()]
  const { commandsForPeople } = await import('./commands.ts')
  return [
    ...(await loadCommands('serve')),
    ...commandsForPeople(),
    ...(await loadCommands('health')),
  ]
}

const createProgram = (): Command =>
  new Command('swarmspawner')
    .description("Runs JupyterHub users' notebook servers as Docker Swarm services.")
    .version(version())
    .addHelpText(
      'after',
      `
The Engine is found as the docker CLI finds it: DOCKER_HOST, DOCKER_CONTEXT, the current context, the default socket.

Exit codes: 0 done; 1 the server failed or does not exist, or a check failed; 2 wrong usage or settings;
3 the Engine or a hub could not be asked: try again.`,
    )
    .exitOverride()

/** The program with all of its commands, to be described and not to be run. */
export const wholeProgram = async (): Promise<Command> => {
  const program = createProgram()
  for (const command of await loadCommands(undefined)) program.addCommand(command)
  return program
}

/** Runs the command that the arguments name, and sets the exit code of the process. */
export const runProgram = async (argv: readonly string[]): Promise<void> => {
  endWithReaders()
  process.once('uncaughtException', endWithSentence)
  const program = createProgram()
  try {
    for (const command of await loadCommands(argv[2])) program.addCommand(command.exitOverride())
    await program.parseAsync(argv)
  } catch (error) {
    reportFailure(error)
  }
}

/** An error in a callback that no command waits for ends the program with its sentence, too. */
const endWithSentence = (error: Error): void => {
  reportFailure(error)
  process.exit()
}
