import { hasRoom, nodesIn, swarmNetworksOf, wantsVirtualIps } from './addresses.ts'
import { rejectedWith } from './life/task-status.ts'
import { PREPARING, type Scenario } from './scenario.ts'
import type { EmbeddedRun, Swarm } from './swarm.ts'

/**
 * Gives services and tasks that wait for addresses what their networks have left, the oldest first. A task without one
 * stays `new`, and Swarm does not say why.
 */
export const allocate = (swarm: Swarm): void => {
  const { now } = swarm.clock()
  for (const service of swarm.services.values()) {
    if (service.hasVirtualIps || !wantsVirtualIps(service)) continue
    const networks = swarmNetworksOf(swarm, service.spec.TaskTemplate ?? {})
    service.hasVirtualIps = networks.every((network) => hasRoom(swarm, network))
  }
  for (const run of swarm.runs)
    if (run.allocatedAt === Infinity && !run.stop) giveAddresses(swarm, run, now)
}

const giveAddresses = (swarm: Swarm, run: EmbeddedRun, now: number): void => {
  const service = swarm.services.get(run.serviceId)
  if (service && wantsVirtualIps(service) && !service.hasVirtualIps) return
  const networks = swarmNetworksOf(swarm, run.template)
  if (!networks.every((network) => hasRoom(swarm, network))) return
  const lacks = networks.some(
    (network) => !hasRoom(swarm, network, 2) && !nodesIn(swarm, network).has(run.nodeId),
  )
  run.allocatedAt = now
  if (lacks) run.scenario = { ...run.scenario, ...WITHOUT_BALANCER }
}

/** The node waits half a minute for an address of its own; found on Engines 20.10 and 28.5. */
const WITHOUT_BALANCER: Pick<Scenario, 'moments'> = {
  moments: [
    PREPARING,
    {
      ms: 30_165,
      status: rejectedWith('node is missing network attachments, ip addresses may be exhausted'),
    },
  ],
}
