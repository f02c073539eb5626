import { Command } from 'commander'
import { ENVIRONMENT } from '../handlers/settings/variables.ts'
import { environmentHelp } from './environment-help.ts'

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
    .action(async () => (await import('./run-service.ts')).runService())
