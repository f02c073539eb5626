import { ENGINE_NAME, TLS_INFO } from './nodes.ts'
import { embeddedVersion } from './recordings.ts'
import type { Swarm } from './swarm.ts'
import { recordedAnswer } from './wire/recorded-answer.ts'
import { swarmId } from './wire/stable-id.ts'
import { timestamp } from './wire/timestamp.ts'

const OPERATING_SYSTEM = 'SwarmSpawner embedded engine (runs no containers)'

/** `GET /_ping`, `HEAD /_ping` */
export const answerPing = (swarm: Swarm) => () => recordedAnswer(swarm.recorded.ping, 'OK')

/** `GET /version`. It says that this engine is the embedded one. */
export const answerVersion = (swarm: Swarm) => () => {
  const { version } = swarm.recorded
  const recorded = version.response.json
  return recordedAnswer(version, {
    ...recorded,
    Platform: { Name: OPERATING_SYSTEM },
    Components: recorded.Components.map((component) =>
      component.Name === 'Engine'
        ? {
            ...component,
            Version: embeddedVersion(swarm.recorded),
            Details: { ...component.Details, KernelVersion: ENGINE_NAME },
          }
        : component,
    ),
    Version: embeddedVersion(swarm.recorded),
    KernelVersion: ENGINE_NAME,
  })
}

/** `GET /info`. It says that this engine is the embedded one, and how large its swarm is. */
export const answerInfo = (swarm: Swarm) => () => {
  const { info } = swarm.recorded
  const recorded = info.response.json
  const [manager] = swarm.nodes
  return recordedAnswer(info, {
    ...recorded,
    ID: swarm.seed,
    Name: ENGINE_NAME,
    ServerVersion: embeddedVersion(swarm.recorded),
    OperatingSystem: OPERATING_SYSTEM,
    KernelVersion: ENGINE_NAME,
    SystemTime: timestamp(swarm.clock().now),
    NCPU: Math.ceil((manager?.Description.Resources.NanoCPUs ?? 0) / 1e9),
    MemTotal: manager?.Description.Resources.MemoryBytes,
    Swarm: swarmInfo(swarm, manager?.ID ?? ''),
  })
}

const swarmInfo = ({ recorded: { info }, seed, nodes, startedAt }: Swarm, NodeID: string) => {
  const recorded = info.response.json.Swarm
  return {
    ...recorded,
    NodeID,
    RemoteManagers: recorded.RemoteManagers.map((manager) => ({ ...manager, NodeID })),
    Nodes: nodes.length,
    Managers: 1,
    Cluster: {
      ...recorded.Cluster,
      ID: swarmId(`${seed}/cluster`),
      CreatedAt: timestamp(startedAt),
      UpdatedAt: timestamp(startedAt),
      TLSInfo: TLS_INFO,
    },
  }
}
