import * as v from 'valibot'
import { askEngine } from './call-engine.ts'
import type { RealEngine } from './engine-lab.ts'

const Swarm = v.object({ JoinTokens: v.object({ Manager: v.string(), Worker: v.string() }) })

type Role = keyof v.InferOutput<typeof Swarm>['JoinTokens']

/** Makes an Engine a node of a manager's swarm. There must be a cable between it and each other node. */
export async function joinSwarm(
  engine: RealEngine,
  manager: RealEngine,
  role: Role,
): Promise<void> {
  const swarm = await askEngine(manager.socketPath, { method: 'GET', path: '/swarm' })
  const body = {
    ListenAddr: '0.0.0.0:2377',
    AdvertiseAddr: engine.address,
    RemoteAddrs: [`${manager.address}:2377`],
    JoinToken: v.parse(Swarm, swarm).JoinTokens[role],
  }
  await askEngine(engine.socketPath, { method: 'POST', path: '/swarm/join', body })
}
