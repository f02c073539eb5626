import { Command } from 'commander'
import { listServers } from '../src/spawner/list-servers.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { hubOption } from './hub-option.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson, printTable } from './print.ts'

type LsOptions = { hub: string; json: boolean }

/** `swarmspawner ls` */
export const lsCommand = (): Command =>
  new Command('ls')
    .description('list the servers of a hub')
    .addOption(hubOption('the hub'))
    .option('--json', 'print JSON', false)
    .action(run)

const run = async ({ hub, json }: LsOptions): Promise<void> => {
  const servers = await listServers(createNodeSpawner(process.env), hub, interruptSignal())
  if (json) return printJson(servers)
  if (servers.length === 0) return print(`The hub "${hub}" has no servers.`)
  printTable([
    ['USER', 'SERVER', 'STATE', 'NODE', 'SINCE', 'SERVICE', 'REASON'],
    ...servers.map((server) => [
      server.username,
      server.server_name || '-',
      server.state,
      server.task?.node ?? '-',
      server.created_at.slice(0, 19),
      server.service_name,
      server.reason ?? '',
    ]),
  ])
}
