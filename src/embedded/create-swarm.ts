import type { EmbeddedOptions } from './embedded-options.ts'
import { predefinedNetworks } from './networks.ts'
import { createNodes } from './nodes.ts'
import { PULLS_28_5, PULLS_29_7 } from './pull-scenarios.ts'
import { recordingsOf } from './recordings.ts'
import type { Swarm } from './swarm.ts'

/** Makes the state of an engine that has its own swarm, with the networks that exist from the start. */
export const createSwarm = (options: EmbeddedOptions = {}): Swarm => {
  const { speed = 1, now = Date.now, as = '28.5', imageStore = 'containerd' } = options
  const recorded = recordingsOf(as)
  const seed = crypto.randomUUID()
  const startedAt = now()
  return {
    recorded,
    pulls: as === '29.7' ? PULLS_29_7[imageStore] : PULLS_28_5,
    seed,
    clock: () => ({ now: now(), speed }),
    startedAt,
    index: 20,
    made: 0,
    newestAt: 0,
    nodes: createNodes({ ...options, recorded, seed, startedAt }),
    networks: predefinedNetworks(recorded, seed, startedAt),
    services: new Map(),
    runs: [],
    events: [],
    eventListeners: new Set(),
  }
}
