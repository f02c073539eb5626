import type { Overview, SeenNode, SeenServer } from '../../src/spawner/overview.ts'
import { knownHub, OTHER } from './known-hub.ts'
import type { Family, Sample } from './open-metrics.ts'

/** Nodes beyond these go together. */
const MOST_NODES = 500

/** What the swarm has at this moment. It is the same in each copy of the service. */
export const swarmGauges = (
  { nodes, servers }: Pick<Overview, 'nodes' | 'servers'>,
  { hubs, nowMs }: { hubs: readonly string[]; nowMs: number },
): Family[] => {
  const nodeLabel = labelOf(nodes)
  const hubOf = ({ labels }: SeenServer) => knownHub(labels.hub, hubs)
  const starting = servers.filter(({ state }) => state.state === 'starting')
  const phase = (server: SeenServer) => ({ hub: hubOf(server), phase: phaseOf(server) })
  return [
    gauge('servers', 'Servers that have a task, by state and node.', [
      ...servers.map((server) => ({
        hub: hubOf(server),
        state: server.state.state,
        node: nodeLabel(server.state.task?.node ?? ''),
      })),
    ]),
    gauge(
      'starting_servers',
      'Servers that start: waiting for a node, preparing (the image is pulled), or starting.',
      starting.map(phase),
    ),
    oldest(starting, (server) => ({ ...phase(server), ageMs: nowMs - Date.parse(server.since) })),
    gauge(
      'nodes',
      'Nodes of the swarm, by state and availability.',
      nodes.map(({ node }) => ({
        state: known(node.Status.State, ['ready', 'down', 'disconnected', 'unknown']),
        availability: known(node.Spec.Availability, ['active', 'pause', 'drain']),
      })),
    ),
    ...roomOf(nodes, nodeLabel),
  ]
}

/** A gauge that counts how often each set of labels occurs. */
const gauge = (name: string, help: string, labelled: readonly Sample['labels'][]): Family => ({
  name: `swarmspawner_${name}`,
  type: 'gauge',
  help,
  samples: labelled.map((labels) => ({ labels, value: 1 })),
})

const known = (word: string, words: readonly string[]): string =>
  words.includes(word) ? word : OTHER

/** Names the first nodes in the order of their names, so that all copies name the same ones. */
const labelOf = (nodes: readonly SeenNode[]): ((name: string) => string) => {
  const names = new Set(
    nodes
      .map(({ name }) => name)
      .sort()
      .slice(0, MOST_NODES),
  )
  return (name) => (name === '' || names.has(name) ? name : OTHER)
}

const PHASES: Readonly<Record<string, string>> = {
  assigned: 'preparing',
  accepted: 'preparing',
  preparing: 'preparing',
  ready: 'starting',
  starting: 'starting',
}

const phaseOf = ({ state }: SeenServer): string => PHASES[state.task?.state ?? ''] ?? 'waiting'

const oldest = (
  servers: readonly SeenServer[],
  read: (server: SeenServer) => { hub: string; phase: string; ageMs: number },
): Family => {
  const ages = new Map<string, Sample>()
  for (const server of servers) {
    const { ageMs, ...labels } = read(server)
    const key = JSON.stringify(labels)
    const value = Math.max(0, (ageMs || 0) / 1000, ages.get(key)?.value ?? 0)
    ages.set(key, { labels, value })
  }
  return {
    name: 'swarmspawner_oldest_start_seconds',
    type: 'gauge',
    help: 'The age of the newest task of the server that starts for longest.',
    samples: [...ages.values()],
  }
}

const roomOf = (nodes: readonly SeenNode[], label: (name: string) => string): Family[] => {
  const each = (name: string, help: string, value: (node: SeenNode) => number): Family => ({
    name: `swarmspawner_node_${name}`,
    type: 'gauge',
    help,
    samples: nodes.map((node) => ({ labels: { node: label(node.name) }, value: value(node) })),
  })
  return [
    each('cpus', 'CPUs of a node.', ({ has }) => has.NanoCPUs / 1e9),
    each(
      'reserved_cpus',
      'CPUs of a node that tasks of all services reserve.',
      ({ held }) => held.NanoCPUs / 1e9,
    ),
    each('memory_bytes', 'Memory of a node.', ({ has }) => has.MemoryBytes),
    each(
      'reserved_memory_bytes',
      'Memory of a node that tasks of all services reserve.',
      ({ held }) => held.MemoryBytes,
    ),
  ]
}
