import type { Command } from 'commander'
import { spawnerFromEnv } from '../handlers/spawner.node.ts'
import { start } from '../src/spawner/start.ts'
import { interruptSignal } from './interrupt.ts'
import { printJson, printState } from './print.ts'
import { createProgress } from './progress-bar.ts'
import {
  type StartOptions,
  serverCommand,
  startRequestOf,
  withStartOptions,
} from './server-options.ts'

/** `swarmspawner start` */
export const startCommand = (): Command =>
  withStartOptions(serverCommand('start', 'start a server and wait until it runs')).action(run)

const run = async (options: StartOptions): Promise<void> => {
  const progress = options.json ? undefined : createProgress(process.stderr)
  const states = start(await spawnerFromEnv(process.env), {
    hub: options.hub,
    request: startRequestOf(options),
    signal: interruptSignal(),
    enough: new AbortController().signal,
  })
  for await (const state of states) {
    const hasFailed = state.state !== 'starting' && state.state !== 'running'
    for (const event of state.events) progress?.show(event, hasFailed)
    if (state.state === 'starting') continue
    progress?.end()
    if (options.json) printJson(state)
    else printState(state)
    if (state.state !== 'running') process.exitCode = 1
  }
}
