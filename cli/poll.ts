import type { Command } from 'commander'
import { spawnerFromEnv } from '../handlers/spawner.node.ts'
import { poll } from '../src/spawner/poll.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson } from './print.ts'
import { type ServerOptions, serverCommand, serverOf } from './server-options.ts'
import { stateLines } from './state-lines.ts'

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
    else print(...stateLines(state), ...(state.service_id && state.status !== null ? [KEPT] : []))
    if (state.status !== null) process.exitCode = 1
  }
}

const KEPT =
  'Its service is still there. The next poll of its hub, or swarmspawner stop, removes it.'
