import { Command } from 'commander'
import { askHealth } from './ask-health.ts'
import { print } from './print.ts'

/** `swarmspawner health` */
export const healthCommand = (): Command =>
  new Command('health')
    .description('ask the running service with these settings whether it is alive')
    .option('--ready', 'also ask whether the Engine answers and manages a swarm', false)
    .addHelpText(
      'after',
      '\nReads HOST, PORT and SWARMSPAWNER_TLS_* as serve does. The exit code is 1 if the service is not alive (or not ready).',
    )
    .action(run)

const run = async ({ ready }: { ready: boolean }): Promise<void> => {
  const { url, problem } = await askHealth(process.env, ready ? '/ready' : '/health')
  print(`${url}: ${problem ?? 'ok'}`)
  if (problem !== undefined) process.exitCode = 1
}
