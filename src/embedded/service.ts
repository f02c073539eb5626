import recorded from '../../fixtures/28.5/service-list.status.200.json' with { type: 'json' }
import { addressIn } from './address-in.ts'
import { completedTasks, isGlobalJob, jobStatus } from './global-job.ts'
import { networkNamed } from './networks.ts'
import { activeRuns, tasksOfRun } from './service-runs.ts'
import type { EmbeddedService, Swarm } from './swarm.ts'
import { updateStatus } from './update-status.ts'
import { insertDefaults } from './wire/insert-defaults.ts'
import type { ServiceBody } from './wire/service-body.ts'
import { timestamp } from './wire/timestamp.ts'

/** The Version.Index that the next update must name. The end of an update raises it as well. */
export const versionOf = (swarm: Swarm, service: EmbeddedService): number =>
  service.index + (!isGlobalJob(service.spec) && updateStatus(swarm, service)?.CompletedAt ? 1 : 0)

/** A service in the Engine's shape. */
export const serviceJson = (
  swarm: Swarm,
  service: EmbeddedService,
  options: { insertDefaults: boolean; status: boolean },
) => {
  const job = jobStatus(service)
  const status = job ? undefined : updateStatus(swarm, service)
  const withDefaults = (spec: ServiceBody) => (options.insertDefaults ? insertDefaults(spec) : spec)
  return {
    ID: service.id,
    Version: { Index: versionOf(swarm, service) },
    CreatedAt: timestamp(service.createdAt),
    UpdatedAt: timestamp(service.updatedAt),
    Spec: withDefaults(service.spec),
    ...(service.previousSpec && { PreviousSpec: withDefaults(service.previousSpec) }),
    Endpoint: endpointOf(swarm, service),
    ...(status && { UpdateStatus: status }),
    ...(job && { JobStatus: job }),
    ...(options.status && { ServiceStatus: serviceStatus(swarm, service) }),
  }
}

const serviceStatus = (swarm: Swarm, service: EmbeddedService) => {
  const runs = activeRuns(swarm, service)
  const tasks = runs.flatMap((run) => tasksOfRun(swarm, run))
  const running = tasks.filter(({ task }) => task.status.State === 'running')
  return {
    ...recorded.response.json[0]?.ServiceStatus,
    RunningTasks: running.length,
    DesiredTasks: isGlobalJob(service.spec)
      ? 0
      : (service.spec.Mode?.Replicated?.Replicas ?? runs.length),
    ...(isGlobalJob(service.spec) && { CompletedTasks: completedTasks(tasks) }),
  }
}

/**
 * The service's endpoint. As recorded, `dnsrr` has none; otherwise it has the mode, the ports and an address in
 * each network.
 */
const endpointOf = (swarm: Swarm, { spec, number, hasVirtualIps }: EmbeddedService): object => {
  const { Mode = 'vip', Ports } = spec.EndpointSpec ?? {}
  const networks = (spec.TaskTemplate?.Networks ?? [])
    .map(({ Target }) => networkNamed(swarm, Target ?? ''))
    .filter((network) => network !== undefined)
  if (Mode === 'dnsrr' || (networks.length === 0 && !Ports)) return { Spec: {} }
  const ports = Ports?.map((port, index) => ({
    Protocol: port.Protocol ?? 'tcp',
    ...port,
    PublishedPort: port.PublishedPort ?? 30_000 + number * 10 + index,
    PublishMode: port.PublishMode ?? 'ingress',
  }))
  return {
    Spec: { Mode, ...(ports && { Ports }) },
    ...(ports && { Ports: ports }),
    ...(hasVirtualIps && {
      VirtualIPs: networks.map(({ Id, IPAM }) => ({
        NetworkID: Id,
        Addr: addressIn(IPAM.Config?.[0]?.Subnet ?? '', number),
      })),
    }),
  }
}
