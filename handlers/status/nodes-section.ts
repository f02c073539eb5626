import { amountsOf } from '../../src/spawner/amount-words.ts'
import type { SeenNode } from '../../src/spawner/overview.ts'
import { table, told } from './frame.ts'
import { type Html, html } from './html.ts'
import { stateOf } from './servers-section.ts'

/** 100 nodes; those that take no servers come first. */
const MOST_NODES = 100

/** Nodes with their room. */
export const nodesSection = (nodes: readonly SeenNode[]): Html => {
  const sorted = nodes.toSorted((one, other) => rank(one) - rank(other) || byName(one, other))
  const left = sorted.length - MOST_NODES
  return html`<section aria-labelledby="nodes"><h2 id="nodes">Nodes</h2>
<p>Free is what no task of any service has reserved.</p>
${table('Nodes with their room', HEADS, sorted.slice(0, MOST_NODES).map(rowOf))}
${left > 0 ? html`<p>And ${left} more.</p>` : undefined}
</section>`
}

const rank = ({ node }: SeenNode): number =>
  node.Status.State === 'ready' && node.Spec.Availability === 'active' ? 1 : 0

const byName = (one: SeenNode, other: SeenNode): number => (one.name < other.name ? -1 : 1)

const HEADS = ['Node', 'State', 'Availability', 'Free', 'Reserved', 'Of', 'Engine']

const rowOf = ({ node, name, has, held }: SeenNode) => [
  told(name),
  stateOf(node.Status.State),
  told(node.Spec.Availability),
  room(has.NanoCPUs - held.NanoCPUs, has.MemoryBytes - held.MemoryBytes),
  room(held.NanoCPUs, held.MemoryBytes),
  room(has.NanoCPUs, has.MemoryBytes),
  told(node.Description.Engine?.EngineVersion ?? '-'),
]

const room = (nanoCpus: number, bytes: number): string =>
  amountsOf({ cpus: Math.max(0, nanoCpus) / 1e9, memory_bytes: Math.max(0, bytes) })
