import { hasEnded } from '../docker/task-ends.ts'
import { usableAddresses } from '../docker/usable-addresses.ts'
import { isAskedInAtLeast } from './api-version.ts'
import { tasksOfRun } from './service-runs.ts'
import type { EmbeddedNetwork, EmbeddedRun, EmbeddedService, Swarm } from './swarm.ts'
import type { TaskTemplate } from './wire/service-body.ts'

/** The networks of a spec whose addresses Swarm gives away: those that it has made or could not make, none of one node. */
export const swarmNetworksOf = (swarm: Swarm, template: TaskTemplate): EmbeddedNetwork[] =>
  swarm.networks.filter((network) => network.Scope === 'swarm' && isIn(network, template))

/** Says whether a network has that many addresses left. A network that could not be set up has none. */
export const hasRoom = (swarm: Swarm, network: EmbeddedNetwork, wanted = 1): boolean => {
  const total = totalOf(network)
  // Everybody has one at most, so that in a large network nobody needs to be counted.
  if (swarm.runs.length + swarm.services.size + swarm.nodes.length + wanted <= total) return true
  return usedOf(swarm, network) + wanted <= total
}

/** The nodes that have a task in a network, and so an address there for their load balancer. */
export const nodesIn = (swarm: Swarm, network: EmbeddedNetwork): Set<string> =>
  new Set(holdingRuns(swarm, network).flatMap(({ nodeId }) => nodeId || []))

/** Says whether a service is to have virtual IPs. */
export const wantsVirtualIps = ({ spec }: EmbeddedService): boolean =>
  (spec.EndpointSpec?.Mode ?? 'vip') === 'vip'

/** How many addresses of each subnet are in use: what only Engines tell that speak API 1.52. */
export const addressStatus = (swarm: Swarm, network: EmbeddedNetwork, url: string): object => {
  if (network.Scope !== 'swarm' || !isAskedInAtLeast(swarm.recorded, url, '1.52')) return {}
  let left = usedOf(swarm, network)
  const subnets = rangesOf(network).map((range) => {
    const total = usableAddresses(range) ?? 0
    const used = Math.min(left, total)
    left -= used
    // Two more are the network's own and the broadcast, one the gateway.
    return [range.Subnet, { IPsInUse: used + 3, DynamicIPsAvailable: total - used }]
  })
  return { Status: { IPAM: { Subnets: Object.fromEntries(subnets) } } }
}

const rangesOf = ({ IPAM }: EmbeddedNetwork) => IPAM.Config ?? []

const totalOf = (network: EmbeddedNetwork): number =>
  rangesOf(network).reduce((sum, range) => sum + (usableAddresses(range) ?? 0), 0)

const usedOf = (swarm: Swarm, network: EmbeddedNetwork): number => {
  const services = [...swarm.services.values()].filter(
    (service) => service.hasVirtualIps && isIn(network, service.spec.TaskTemplate ?? {}),
  )
  return holdingRuns(swarm, network).length + nodesIn(swarm, network).size + services.length
}

const holdingRuns = (swarm: Swarm, network: EmbeddedNetwork): EmbeddedRun[] =>
  swarm.runs.filter(
    (run) =>
      run.allocatedAt !== Infinity &&
      isIn(network, run.template) &&
      tasksOfRun(swarm, run).some(({ task }) => !hasEnded(task.status.State)),
  )

const isIn = ({ Id }: EmbeddedNetwork, { Networks }: TaskTemplate): boolean =>
  (Networks ?? []).some(({ Target }) => Target === Id)
