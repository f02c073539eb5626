import { networksOfContainer } from '../../docker/containers.ts'
import type { Docker } from '../../docker/docker.ts'
import { isDockerError, REFUSED, UNREADABLE } from '../../docker/errors.ts'
import type { OwnContainer } from '../../docker/own-container.ts'
import { networksOfTask } from '../../docker/task-networks.ts'

/**
 * The networks that this service is in: their ids by name. Empty when the service does not run in a container
 * of this Swarm or Engine.
 */
export type OwnNetworks = { ids: ReadonlyMap<string, string> } | { whyUnknown: string }

/** Returns the networks that this service is in. Throws a DockerError if the Engine is out of reach. */
export type AskOwnNetworks = () => Promise<OwnNetworks>

/** After one minute we ask again if the Engine refused, because somebody may have allowed the call. */
const DOUBT_MS = 60_000

const NOWHERE: OwnNetworks = { ids: new Map() }

/**
 * Makes an AskOwnNetworks. It remembers the answer until the container's interfaces change. Outside of a
 * container it does not ask the Engine.
 */
export const createOwnNetworks = (
  docker: Docker,
  container: OwnContainer | undefined,
  now: () => number = Date.now,
): AskOwnNetworks => {
  let last: { interfaces: string; until: number; networks: Promise<OwnNetworks> } | undefined
  return async () => {
    if (!container || container.ids.length === 0) return NOWHERE
    const interfaces = container.interfaces()
    if (last && last.interfaces === interfaces && now() < last.until) return last.networks
    const asked = {
      interfaces,
      until: Number.POSITIVE_INFINITY,
      networks: ask(docker, container.ids),
    }
    last = asked
    try {
      const networks = await asked.networks
      if ('whyUnknown' in networks) asked.until = now() + DOUBT_MS
      return networks
    } catch (error) {
      if (last === asked) last = undefined
      throw error
    }
  }
}

const ask = async (docker: Docker, ids: readonly string[]): Promise<OwnNetworks> => {
  try {
    for (const id of ids) {
      const networks = await networksOfContainer(docker, { id })
      if (networks) return { ids: networks }
    }
    // The Engine does not have the container: it is on another node, or belongs to another Docker or to
    // Kubernetes.
    for (const containerId of ids) {
      const networks = await networksOfTask(docker, { containerId })
      if (networks) return { ids: networks }
    }
    return NOWHERE
  } catch (error) {
    if (isDockerError(error, ...REFUSED, ...UNREADABLE)) return { whyUnknown: error.message }
    throw error
  }
}
