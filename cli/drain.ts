import { Command } from 'commander'
import { listNodes, type Node } from '../src/docker/nodes.ts'
import { findOwnContainer } from '../src/docker/own-container.node.ts'
import { announceMaintenance, endMaintenance } from '../src/spawner/maintenance/announce.ts'
import { maintenanceOf } from '../src/spawner/maintenance/maintenance.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import type { Spawner } from '../src/spawner/spawner.ts'
import { commandAudit } from './command-audit.ts'
import { isLastManager, type Running, runningOn } from './drain-effects.ts'
import { nodeCalled, readAt, readMessage } from './drain-options.ts'
import { UsageError } from './exit-code.ts'
import { interruptSignal } from './interrupt.ts'
import { print } from './print.ts'

type DrainOptions = { at?: string; message?: string; undo: boolean; force: boolean }

/** `swarmspawner drain` */
export const drainCommand = (): Command =>
  new Command('drain')
    .description(
      'take a node out of service for maintenance: no new servers, users are told, then it is drained',
    )
    .argument('<node>', 'its host name, or its id')
    .option(
      '--at <time>',
      'when its servers are stopped: 18:00, 2026-11-30T18:00, or a duration such as 2h (default: now)',
    )
    .option('--message <text>', 'what its users are told, at most 200 characters')
    .option(
      '--undo',
      'take the maintenance back: the node gets the availability that it had before',
      false,
    )
    .option('--force', 'also drain the last manager', false)
    .addHelpText(
      'after',
      `
The service drains the node when the time has come: one copy of it has to run, and it looks each minute.`,
    )
    .action(run)

const run = async (name: string, options: DrainOptions): Promise<void> => {
  const audit = commandAudit(process.env, 'drain')
  const spawner = createNodeSpawner(process.env, { audit })
  const { undo, force, message = '', at } = options
  if (undo && (at !== undefined || options.message !== undefined))
    throw new UsageError('--undo: without --at and --message')
  const told = readMessage(message)
  const atMs = at === undefined ? spawner.now() : readAt(at, spawner.now())
  const signal = interruptSignal()
  const nodes = await listNodes(spawner.docker, { signal })
  const node = nodeCalled(nodes, name)
  if (undo) return undoOf(spawner, node, signal)
  if (!force && isLastManager(nodes, node))
    throw new UsageError(
      `${name} is the last manager that takes tasks: this service, and a hub that is placed on managers, could start nowhere else. Add --force if that is meant`,
    )
  const running = await runningOn(spawner.docker, { node, own: findOwnContainer(), signal })
  const maintenance = { at: new Date(atMs).toISOString(), message: told }
  const asked = { nodeId: node.ID, node: nameOf(node), signal }
  await announceMaintenance(spawner, { ...asked, ...maintenance })
  print(...effectLines(node, { ...maintenance, running, isDue: atMs <= spawner.now() }))
}

const undoOf = async (spawner: Spawner, node: Node, signal: AbortSignal): Promise<void> => {
  const asked = { nodeId: node.ID, node: nameOf(node), signal }
  const wasThere = await endMaintenance(spawner, asked)
  const [now] = (await listNodes(spawner.docker, { signal })).filter(({ ID }) => ID === node.ID)
  const availability = now?.Spec.Availability ?? node.Spec.Availability
  print(
    wasThere
      ? `${nameOf(node)}: the maintenance is taken back; its availability is ${availability}`
      : `${nameOf(node)} has no maintenance; its availability is ${availability}`,
  )
}

const nameOf = ({ ID, Description }: Node): string => Description.Hostname || ID

/** What happens now, and when the time has come. */
const effectLines = (
  node: Node,
  {
    at,
    message,
    running,
    isDue,
  }: { at: string; message: string; running: Running; isDue: boolean },
): string[] => {
  const { servers, services, own } = running
  const count = `${servers} server${servers === 1 ? '' : 's'}`
  const when = isDue ? 'now' : `at ${timeWords(at)}`
  return [
    `${nameOf(node)} takes no new servers. ${count} there: stopped ${when}, each within its grace period; then the node is drained.`,
    ...alreadyLines(node),
    ...(isDue ? [] : [`Users are told within a minute${message && `: ${message}`}`]),
    ...(services.length > 0
      ? [
          `Swarm moves what else runs there ${when}, if another node can run it: ${services.join(', ')}`,
        ]
      : []),
    ...(own === undefined ? [] : [`${own} is the service of this command itself.`]),
    `To take it back: swarmspawner drain ${node.ID} --undo`,
  ]
}

/** What somebody else has done to the node, which stays when the maintenance is taken back. */
const alreadyLines = (node: Node): string[] => {
  const { Availability } = node.Spec
  if (Availability === 'active' || maintenanceOf(node)) return []
  return [`Somebody has set its availability to ${Availability} before; --undo leaves it so.`]
}

/** A time in UTC, and in the zone of this process if it is another. */
const timeWords = (at: string): string => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const utc = `${at.slice(0, 16).replace('T', ' ')} UTC`
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return utc
  const local = new Date(at).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' })
  return `${local} ${timeZone} (${utc})`
}
