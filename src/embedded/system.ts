import recordedInfo from '../../fixtures/28.5/info.200.json' with { type: 'json' }
import ping from '../../fixtures/28.5/ping.200.json' with { type: 'json' }
import recordedVersion from '../../fixtures/28.5/version.200.json' with { type: 'json' }
import { ENGINE_NAME, TLS_INFO } from './nodes.ts'
import { EMBEDDED_VERSION, recordedAnswer } from './recorded-answer.ts'
import { swarmId } from './stable-id.ts'
import type { Swarm } from './swarm.ts'
import { timestamp } from './timestamp.ts'

const OPERATING_SYSTEM = 'SwarmSpawner embedded engine (runs no containers)'

/** `GET /_ping`, `HEAD /_ping` */
export const answerPing = () => recordedAnswer(ping, 'OK')

/** `GET /version`: says that this engine is the embedded one. */
export const answerVersion = () => {
  const recorded = recordedVersion.response.json
  return recordedAnswer(recordedVersion, {
    ...recorded,
    Platform: { Name: OPERATING_SYSTEM },
    Components: recorded.Components.map((component) =>
      component.Name === 'Engine'
        ? {
            ...component,
            Version: EMBEDDED_VERSION,
            Details: { ...component.Details, KernelVersion: ENGINE_NAME },
          }
        : component,
    ),
    Version: EMBEDDED_VERSION,
    KernelVersion: ENGINE_NAME,
  })
}

/** `GET /info`: says that this engine is the embedded one, and how big its swarm is. */
export const answerInfo = (swarm: Swarm) => () => {
  const recorded = recordedInfo.response.json
  const [manager] = swarm.nodes
  return recordedAnswer(recordedInfo, {
    ...recorded,
    ID: swarm.seed,
    Name: ENGINE_NAME,
    ServerVersion: EMBEDDED_VERSION,
    OperatingSystem: OPERATING_SYSTEM,
    KernelVersion: ENGINE_NAME,
    SystemTime: timestamp(swarm.clock().now),
    NCPU: Math.ceil((manager?.Description.Resources.NanoCPUs ?? 0) / 1e9),
    MemTotal: manager?.Description.Resources.MemoryBytes,
    Swarm: swarmInfo(swarm, manager?.ID ?? ''),
  })
}

const swarmInfo = ({ seed, nodes, startedAt }: Swarm, NodeID: string) => {
  const recorded = recordedInfo.response.json.Swarm
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
