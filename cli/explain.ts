import type { Command } from 'commander'
import { explain } from '../src/spawner/explain.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson, printTable } from './print.ts'
import {
  type StartOptions,
  serverCommand,
  startRequestOf,
  withStartOptions,
} from './server-options.ts'

/** `swarmspawner explain` */
export const explainCommand = (): Command =>
  withStartOptions(
    serverCommand('explain', 'say what a start would create and where each value came from'),
  ).action(run)

const run = async (options: StartOptions): Promise<void> => {
  const request = startRequestOf(options)
  const spawner = createNodeSpawner(process.env)
  const explanation = await explain(spawner, options.hub, request, interruptSignal())
  if (options.json) return printJson(explanation)
  print(`${explanation.service_name}\n\n${JSON.stringify(explanation.spec, null, 2)}\n`)
  printTable([['VALUE', 'FROM'], ...Object.entries(explanation.sources)])
  for (const warning of explanation.warnings) print(`\nwarning: ${warning}`)
}
