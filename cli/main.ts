import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { demoCommand } from './demo.ts'
import { doctorCommand } from './doctor.ts'
import { engineCommand } from './engine.ts'
import { exitCodeOf, explainFailure } from './exit-code.ts'
import { explainCommand } from './explain.ts'
import { gcCommand } from './gc.ts'
import { logsCommand } from './logs.ts'
import { lsCommand } from './ls.ts'
import { pollCommand } from './poll.ts'
import { serveCommand } from './serve.ts'
import { startCommand } from './start.ts'
import { stopCommand } from './stop.ts'

const version = (): string => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isManifest ? String(manifest.version) : 'unknown'
}

const program = new Command('swarmspawner')
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
  .addCommand(serveCommand())
  .addCommand(engineCommand())
  .addCommand(startCommand())
  .addCommand(pollCommand())
  .addCommand(stopCommand())
  .addCommand(lsCommand())
  .addCommand(logsCommand())
  .addCommand(gcCommand())
  .addCommand(explainCommand())
  .addCommand(doctorCommand())
  .addCommand(demoCommand())

for (const command of program.commands) command.exitOverride()

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) process.stderr.write(`${explainFailure(error)}\n`)
  process.exitCode = exitCodeOf(error)
}
