import type { ServerKey } from './server-key.ts'

/** Enough for the servers of any hub; the oldest are forgotten first. */
const MAX_KNOWN = 10_000

export type Spawn = { hub: string; server: ServerKey; spawnId: string }

/** Remembers which service is a spawn's, as its tasks told, so that a stop need not look for it. */
export type KnownServices = {
  remember: (spawn: Spawn, serviceId: string) => void
  /** The service's id; it may be gone, but is never another's, for ids are not used again. */
  find: (spawn: Spawn) => string | undefined
}

/** Makes a KnownServices that has seen none. */
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
