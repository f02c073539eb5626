import { Command } from 'commander'
import { unlessAborted } from '../src/docker/unless-aborted.ts'
import { ageOf, amountsOf } from '../src/spawner/amount-words.ts'
import { countByHub } from '../src/spawner/count-by-hub.ts'
import { type ListedServer, listServers } from '../src/spawner/list-servers.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import type { Spawner } from '../src/spawner/spawner.ts'
import { hubOption } from './hub-option.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson, printTable } from './print.ts'

type LsOptions = { hub: string; json: boolean }

/** `swarmspawner ls` */
export const lsCommand = (): Command =>
  new Command('ls')
    .description('list the servers of a hub, or the hubs that have servers')
    .addOption(hubOption('the hub'))
    .option('--json', 'print JSON', false)
    .action(run)

const run = async ({ hub, json }: LsOptions): Promise<void> => {
  const spawner = createNodeSpawner(process.env)
  const signal = interruptSignal()
  // This process remembers nothing, so only what was pulled ahead can be newer than what a server runs.
  await unlessAborted(spawner.digests.learnOfJobs(), signal)
  const servers = await listServers(spawner, hub, signal)
  if (json) return printJson(servers)
  if (servers.length === 0) return print(await sayNone(spawner, hub, signal))
  printTable([
    ['USER', 'SERVER', 'STATE', 'NODE', 'AGE', 'IMAGE', 'LIMITS', 'SERVICE', 'REASON'],
    ...servers.map((server) => rowOf(server, spawner.now())),
  ])
}

const rowOf = (server: ListedServer, now: number): string[] => [
  server.username,
  server.server_name || '-',
  server.state,
  server.task?.node ?? '-',
  ageOf(server.created_at, now),
  (server.image || '-') + (server.update_available ? ' (older)' : ''),
  amountsOf(server.limits),
  server.service_name,
  server.reason ?? '',
]

/** A swarm has few hubs, but anybody may label services: 20 hubs are named at most. */
const MOST_HUBS = 20

const sayNone = async (spawner: Spawner, hub: string, signal: AbortSignal): Promise<string> => {
  const others = await countByHub(spawner, signal)
  const none = `No servers of hub ${hub}.`
  if (others.length === 0) return `${none} No other hub has servers in this swarm.`
  const named = others.slice(0, MOST_HUBS).map(([name, count]) => `${name} (${count})`)
  const more = others.length > MOST_HUBS ? `, and ${others.length - MOST_HUBS} more` : ''
  return `${none} There are servers of: ${named.join(', ')}${more}`
}
