import type { EmbeddedOptions } from './embedded-options.ts'
import { predefinedNetworks } from './networks.ts'
import { createNodes } from './nodes.ts'
import type { Swarm } from './swarm.ts'

/** Makes the state of an engine in a swarm of its own, with the networks that exist from the start. */
export const createSwarm = (options: EmbeddedOptions = {}): Swarm => {
  const { speed = 1, now = Date.now } = options
  const seed = crypto.randomUUID()
  const startedAt = now()
  return {
    seed,
    clock: () => ({ now: now(), speed }),
    startedAt,
    index: 20,
    made: 0,
    nodes: createNodes({ ...options, seed, startedAt }),
    networks: predefinedNetworks(seed, startedAt),
    services: new Map(),
    runs: [],
    events: [],
    eventListeners: new Set(),
  }
}
