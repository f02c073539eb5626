import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { exitCodeOf, explainFailure } from './exit-code.ts'

const version = (): string => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isManifest ? String(manifest.version) : 'unknown'
}

/** Each is read only where it is the one that runs: the service needs nothing of the demo. */
const COMMANDS = new Map<string, () => Promise<Command>>([
  ['serve', async () => (await import('./serve.ts')).serveCommand()],
  ['engine', async () => (await import('./engine.ts')).engineCommand()],
  ['start', async () => (await import('./start.ts')).startCommand()],
  ['poll', async () => (await import('./poll.ts')).pollCommand()],
  ['stop', async () => (await import('./stop.ts')).stopCommand()],
  ['ls', async () => (await import('./ls.ts')).lsCommand()],
  ['logs', async () => (await import('./logs.ts')).logsCommand()],
  ['gc', async () => (await import('./gc.ts')).gcCommand()],
  ['explain', async () => (await import('./explain.ts')).explainCommand()],
  ['health', async () => (await import('./health.ts')).healthCommand()],
  ['doctor', async () => (await import('./doctor.ts')).doctorCommand()],
  ['demo', async () => (await import('./demo.ts')).demoCommand()],
])

const createProgram = (): Command =>
  new Command('swarmspawner')
    .description("Runs JupyterHub users' notebook servers as Docker Swarm services.")
    .version(version())
    .addHelpText(
      'after',
      `
The Engine is found as the docker CLI finds it: DOCKER_HOST, DOCKER_CONTEXT, the current context, the default socket.

Exit codes: 0 done; 1 the server failed, is not there, or a check failed; 2 wrong usage or settings;
3 the Engine, or a hub, could not be asked: try again.`,
    )
    .exitOverride()

/** Runs the command that the arguments name; its exit code is that of the process. */
export const runProgram = async (argv: readonly string[]): Promise<void> => {
  const program = createProgram()
  const named = COMMANDS.get(argv[2] ?? '')
  for (const load of named ? [named] : COMMANDS.values())
    program.addCommand((await load()).exitOverride())
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) process.stderr.write(`${explainFailure(error)}\n`)
    process.exitCode = exitCodeOf(error)
  }
}
