import type { ServerKey } from './server-key.ts'

/** 10,000 are enough for any hub. The oldest are forgotten first. */
const MAX_KNOWN = 10_000

export type Spawn = { hub: string; server: ServerKey; spawnId: string }

/** Remembers the service of each spawn, as its tasks named it, so that a stop does not have to look for it. */
export type KnownServices = {
  remember: (spawn: Spawn, serviceId: string) => void
  /**
   * The id of the spawn's service. The service may be gone, but the id never belongs to another service,
   * because Swarm does not use ids twice.
   */
  find: (spawn: Spawn) => string | undefined
}

/** Makes an empty KnownServices. */
export const createKnownServices = (): KnownServices => {
  const ids = new Map<string, string>()
  return {
    remember: (spawn, serviceId) => {
      const key = keyOf(spawn)
      ids.delete(key)
      ids.set(key, serviceId)
      const [oldest] = ids.keys()
      if (ids.size > MAX_KNOWN && oldest !== undefined) ids.delete(oldest)
    },
    find: (spawn) => ids.get(keyOf(spawn)),
  }
}

const keyOf = ({ hub, server: { username, server_name }, spawnId }: Spawn): string =>
  JSON.stringify([hub, username, server_name, spawnId])
