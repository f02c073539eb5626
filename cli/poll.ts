import type { Command } from 'commander'
import { spawnerFromEnv } from '../handlers/spawner.node.ts'
import { poll } from '../src/spawner/poll.ts'
import { interruptSignal } from './interrupt.ts'
import { describe, print, printJson } from './print.ts'
import { type ServerOptions, serverCommand, serverOf } from './server-options.ts'

/** `swarmspawner poll` */
export const pollCommand = (): Command =>
  serverCommand(
    'poll',
    'print the state of a server; the exit code is 1 if it does not run',
  ).action(run)

const run = async (options: ServerOptions): Promise<void> => {
  const spawner = await spawnerFromEnv(process.env)
  const polled = { hub: options.hub, servers: [serverOf(options)], signal: interruptSignal() }
  for (const state of await poll(spawner, polled)) {
    if (options.json) printJson(state)
    else print(describe(state))
    if (state.status !== null) process.exitCode = 1
  }
}
