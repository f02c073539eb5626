import type { Command } from 'commander'
import { spawnerFromEnv } from '../handlers/spawner.node.ts'
import { start } from '../src/spawner/start.ts'
import type { ServerState } from '../src/spawner/state/server-state.ts'
import { commandAudit } from './command-audit.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson } from './print.ts'
import { createProgress } from './progress-bar.ts'
import {
  type StartOptions,
  serverCommand,
  startRequestOf,
  withStartOptions,
} from './server-options.ts'
import { stateLines } from './state-lines.ts'

/** `swarmspawner start` */
export const startCommand = (): Command =>
  withStartOptions(serverCommand('start', 'start a server and wait until it runs')).action(run)

const run = async (options: StartOptions): Promise<void> => {
  const progress = options.json ? undefined : createProgress(process.stderr)
  const audit = commandAudit(process.env, 'start')
  const states = start(await spawnerFromEnv(process.env, { audit }), {
    hub: options.hub,
    request: startRequestOf(options),
    signal: interruptSignal(),
    enough: new AbortController().signal,
  })
  let latest: ServerState | undefined
  try {
    for await (const state of states) {
      latest = state
      for (const event of state.events) progress?.show(event)
    }
  } finally {
    progress?.end()
  }
  if (!latest) return
  if (options.json) printJson(latest)
  else print(...stateLines(latest))
  if (latest.state !== 'running') process.exitCode = 1
}
