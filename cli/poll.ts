import type { Command } from 'commander'
import { spawnerFromEnv } from '../handlers/spawner.node.ts'
import { poll } from '../src/spawner/poll.ts'
import { interruptSignal } from './interrupt.ts'
import { printJson, printState } from './print.ts'
import { type ServerOptions, serverCommand, serverOf } from './server-options.ts'

/** `swarmspawner poll` */
export const pollCommand = (): Command =>
  serverCommand(
    'poll',
    'print the state of a server and change nothing; the exit code is 1 if it does not run',
  ).action(run)

const run = async (options: ServerOptions): Promise<void> => {
  const spawner = await spawnerFromEnv(process.env)
  const servers = [serverOf(options)]
  const polled = { hub: options.hub, servers, signal: interruptSignal(), keepsEnded: true }
  for (const state of await poll(spawner, polled)) {
    if (options.json) printJson(state)
    else printState(state)
    if (state.status !== null) process.exitCode = 1
  }
}
