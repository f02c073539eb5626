import { Command } from 'commander'
import { ENVIRONMENT } from '../handlers/environment.ts'
import type { LogEntry } from '../handlers/log.ts'
import { serveFromEnv } from '../handlers/node.ts'
import { environmentHelp } from './environment-help.ts'
import { interruptSignal } from './interrupt.ts'
import { printJson } from './print.ts'

/** `swarmspawner serve` */
export const serveCommand = (): Command =>
  new Command('serve')
    .description('run the service that JupyterHub calls')
    .addHelpText(
      'after',
      ({ command }) => `
Settings, by environment; docs/reference/environment.md has the same as a page.
A secret can come from a file instead, which the variable with _FILE at its end
names: SWARMSPAWNER_SECRET_FILE=/run/secrets/...

${environmentHelp(ENVIRONMENT, command.configureOutput().getOutHelpWidth?.())}`,
    )
    .action(run)

const run = async (): Promise<void> => {
  const stopped = interruptSignal()
  const service = await serveFromEnv(process.env, log)
  stopped.addEventListener('abort', () => void service.close(), { once: true })
  log({ level: 'info', message: `listening on ${service.url}` })
}

const log = (entry: LogEntry): void => printJson({ time: new Date().toISOString(), ...entry })
