import type { Command } from 'commander'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { stop } from '../src/spawner/stop.ts'
import { commandAudit } from './command-audit.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson } from './print.ts'
import { type ServerOptions, serverCommand, serverOf } from './server-options.ts'
import { stateLines } from './state-lines.ts'

type StopOptions = ServerOptions & { now: boolean }

/** `swarmspawner stop` */
export const stopCommand = (): Command =>
  serverCommand('stop', 'remove a server and wait until its container is gone')
    .option('--now', "don't wait until its container is gone", false)
    .action(run)

const run = async (options: StopOptions): Promise<void> => {
  const audit = commandAudit(process.env, 'stop')
  const state = await stop(createNodeSpawner(process.env, { audit }), {
    hub: options.hub,
    server: serverOf(options),
    now: options.now,
    signal: interruptSignal(),
  })
  if (options.json) printJson(state)
  else print(...stateLines(state))
}
