import recorded from '../../fixtures/28.5/task-list.running.200.json' with { type: 'json' }
import { addressIn } from './address-in.ts'
import { iteration } from './global-job.ts'
import type { TaskStatus } from './life/task-status.ts'
import { networkNamed } from './networks.ts'
import type { EmbeddedTask } from './service-runs.ts'
import type { EmbeddedNetwork, Swarm } from './swarm.ts'
import { hexId } from './wire/stable-id.ts'
import { timestamp } from './wire/timestamp.ts'

/** A task in the Engine's shape. */
export const taskJson = (swarm: Swarm, { id, attempt, run, task }: EmbeddedTask) => {
  const { Runtime: _, ...template } = run.template
  const { Labels, Volumes } = recorded.response.json[0] ?? {}
  const attachments = networksOf(swarm, run.template.Networks ?? [], run.number + attempt)
  const isAllocated = task.status.State !== 'new' && attachments.length > 0
  return {
    ID: id,
    Version: { Index: run.index + 1 + attempt * 10 + task.changes },
    CreatedAt: timestamp(task.createdAt),
    UpdatedAt: timestamp(task.updatedAt),
    Labels,
    Spec: template,
    ServiceID: run.serviceId,
    ...(run.slot !== undefined && { Slot: run.slot }),
    ...((task.isPlaced || run.slot === undefined) && { NodeID: run.nodeId }),
    Status: { Timestamp: timestamp(task.changedAt), ...statusJson(task.status, id) },
    DesiredState: task.desired,
    ...(run.isJob && { JobIteration: iteration(run.generation) }),
    ...(isAllocated && { NetworksAttachments: attachments }),
    Volumes,
  }
}

/** Gives the container its own id if there was one, and a PID while it runs. */
const statusJson = ({ ContainerStatus, ...status }: TaskStatus, taskId: string) => {
  if (!ContainerStatus) return status
  const hasContainer = status.State !== 'rejected'
  const { PID, ExitCode } = ContainerStatus
  return {
    ...status,
    ContainerStatus: { ContainerID: hasContainer ? hexId(taskId) : '', PID, ExitCode },
  }
}

const networksOf = (
  swarm: Swarm,
  targets: readonly { Target?: string | null | undefined }[],
  number: number,
) =>
  targets.flatMap(({ Target }) => {
    const network = networkNamed(swarm, Target ?? '')
    return network ? [attachmentOf(network, number)] : []
  })

const attachmentOf = (network: EmbeddedNetwork, number: number) => {
  const attachment = recorded.response.json[0]?.NetworksAttachments[0]
  const { Id, Name, Created, Driver, Options, IPAM, Attachable } = network
  const { Attachable: _, ...spec } = attachment?.Network.Spec ?? {}
  return {
    Network: {
      ...attachment?.Network,
      ID: Id,
      CreatedAt: Created,
      UpdatedAt: Created,
      Spec: {
        ...spec,
        Name,
        DriverConfiguration: { Name: Driver },
        ...(Attachable && { Attachable }),
      },
      DriverState: { Name: Driver, Options },
      IPAMOptions: { ...attachment?.Network.IPAMOptions, Configs: IPAM.Config },
    },
    Addresses: [addressIn(IPAM.Config?.[0]?.Subnet ?? '', number)],
  }
}
