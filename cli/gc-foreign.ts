import {
  type ClearedForeign,
  clearForeign,
  type ForeignServer,
  listForeignServers,
} from '../src/spawner/foreign-servers.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { commandAudit } from './command-audit.ts'
import { UsageError } from './exit-code.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson, printTable } from './print.ts'

/** `swarmspawner gc --foreign`: lists the servers that other spawners left running, and removes those that are named. */
export const gcForeign = async ({
  remove: names,
  json,
}: {
  remove: readonly string[]
  json: boolean
}): Promise<void> => {
  const audit = commandAudit(process.env, 'gc', names.length > 0)
  const spawner = createNodeSpawner(process.env, { audit })
  const signal = interruptSignal()
  const servers = await listForeignServers(spawner, signal)
  refuseUnknown(names, servers)
  const done = await clearForeign(spawner, servers, { names, signal })
  if (json) printJson(done)
  else printServers(done)
  if (done.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1
}

/** Nothing is removed if one name is wrong. */
const refuseUnknown = (names: readonly string[], servers: readonly ForeignServer[]): void => {
  const unknown = names.find((name) => !servers.some(({ service_name }) => service_name === name))
  if (unknown !== undefined)
    throw new UsageError(
      `--remove ${unknown}: no server of another spawner has this service; "swarmspawner gc --foreign" lists them`,
    )
}

const printServers = (done: readonly ClearedForeign[]): void => {
  if (done.length === 0) print('No other spawner has servers in this swarm.')
  else printFound(done)
}

const printFound = (done: readonly ClearedForeign[]): void => {
  printTable([
    ['USER', 'SERVER', 'SPAWNER', 'HUB', 'SINCE', 'STATE', 'NODE', 'SERVICE', 'OUTCOME'],
    ...done.map((server) => [
      server.username,
      server.server_name || '-',
      server.spawner,
      server.hub_api || '-',
      server.created_at.slice(0, 19),
      server.state,
      server.node ?? '-',
      server.service_name,
      server.reason ? `${server.outcome}: ${server.reason}` : server.outcome,
    ]),
  ])
  if (done.every(({ outcome }) => outcome === 'listed'))
    print(
      'A hub that still uses the other spawner needs its servers. --remove <service> removes one; its volumes stay.',
    )
}
