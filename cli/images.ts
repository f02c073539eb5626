import { Command } from 'commander'
import { isSameImage } from '../src/docker/image-name.ts'
import { ageOf } from '../src/spawner/amount-words.ts'
import { forgetImages } from '../src/spawner/images/due-set.ts'
import { imagesOnNodes, type NodeImage } from '../src/spawner/images/on-nodes.ts'
import { listDueImages } from '../src/spawner/images/pull-ahead.ts'
import type { PullReport } from '../src/spawner/images/pull-report.ts'
import { listServers } from '../src/spawner/list-servers.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { commandAudit } from './command-audit.ts'
import { UsageError } from './exit-code.ts'
import { hubOption } from './hub-option.ts'
import { interruptSignal } from './interrupt.ts'
import { print, printJson, printTable } from './print.ts'
import { nodeRows } from './pull-lines.ts'
import { repeated } from './repeated.ts'

type ImagesOptions = { hub: string; json: boolean; remove: string[] }

/** `swarmspawner images` */
export const imagesCommand = (): Command =>
  new Command('images')
    .description('list the images that are pulled ahead for a hub and why, and which node has what')
    .addOption(hubOption('the hub'))
    .addOption(repeated('--remove <image>', 'take this image off the list (it stays on the nodes)'))
    .option('--json', 'print JSON', false)
    .action(run)

const run = async ({ hub, json, remove }: ImagesOptions): Promise<void> => {
  const audit = commandAudit(process.env, 'images', remove.length > 0)
  const spawner = createNodeSpawner(process.env, { audit })
  const signal = interruptSignal()
  const before = await listDueImages(spawner, { hub, signal })
  refuseUnknown(remove, before)
  const isNamed = (image: string) => remove.some((one) => isSameImage(one, image))
  if (remove.length > 0) {
    const isMeant = ({ labels }: { labels: { image: string } }) => isNamed(labels.image)
    const reason = 'swarmspawner images --remove'
    await forgetImages(spawner, { hub, isMeant, reason, signal })
  }
  const due = before.filter(({ image }) => !isNamed(image))
  const on_nodes = imagesOnNodes(due, await listServers(spawner, hub, signal))
  if (json) printJson({ due, on_nodes })
  else show({ hub, due, on_nodes }, spawner.now())
}

/** Nothing is taken off if one name is wrong. */
const refuseUnknown = (names: readonly string[], due: readonly PullReport[]): void => {
  const unknown = names.find((name) => !due.some(({ image }) => isSameImage(name, image)))
  if (unknown !== undefined)
    throw new UsageError(
      `--remove ${unknown}: no such image is due; "swarmspawner images" lists them`,
    )
}

const show = (
  { hub, due, on_nodes }: { hub: string; due: readonly PullReport[]; on_nodes: NodeImage[] },
  now: number,
): void => {
  if (due.length === 0) print(`No image is pulled ahead for the hub "${hub}".`)
  else
    printTable([
      ['IMAGE', 'DIGEST', 'ASKED BY', 'WHY', 'SINCE', 'WHERE', 'NODES'],
      ...due.map((one) => rowOf(one, now)),
    ])
  const troubles = due.flatMap(nodeRows).filter(([, , state]) => state !== 'there')
  if (troubles.length > 0) {
    print('')
    printTable([['IMAGE', 'NODE', 'STATE', 'REASON'], ...troubles])
  }
  if (on_nodes.length === 0) return
  print('')
  printTable([
    ['NODE', 'IMAGE', 'PULLED AHEAD', 'SERVERS'],
    ...on_nodes.map(({ node, image, is_pulled_ahead, servers }) => [
      node,
      image,
      is_pulled_ahead ? 'yes' : '-',
      String(servers || '-'),
    ]),
  ])
}

const rowOf = (report: PullReport, now: number): string[] => {
  const { image, digest, source, why, since, constraints, platforms, nodes } = report
  const there = nodes.filter(({ state }) => state === 'there').length
  return [
    image,
    digest?.slice(0, 19) ?? '-',
    source,
    why || '-',
    ageOf(since, now),
    [...constraints, ...platforms].join(', ') || 'all nodes',
    `${there} of ${nodes.length}`,
  ]
}
