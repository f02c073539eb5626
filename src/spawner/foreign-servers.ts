import { DockerError } from '../docker/errors.ts'
import { listServices, type Service } from '../docker/services.ts'
import { tasksOfServices } from '../docker/tasks.ts'
import { foreignEnv } from './server/foreign-env.ts'
import { readLabels } from './server/labels.ts'
import type { Spawner } from './spawner.ts'
import { serverState, taskless } from './state/server-state.ts'
import { removeTold } from './told-changes.ts'

/** A server in the swarm that another spawner has started. */
export type ForeignServer = {
  service_id: string
  service_name: string
  /** Which spawner it looks like. */
  spawner: string
  username: string
  server_name: string
  /** The address of the hub's API, as the server was told; empty if it was not. */
  hub_api: string
  created_at: string
  state: string
  /** Where it runs, or ran last; null if no task says. */
  node: string | null
}

/**
 * Lists the servers that other spawners have started: services without our labels in whose environment JupyterHub has put a
 * user and a token. They may be of any hub of the swarm, so this is for who may ask the Engine, and for no hub.
 */
export const listForeignServers = async (
  spawner: Pick<Spawner, 'docker' | 'nodeNames'>,
  signal: AbortSignal,
): Promise<ForeignServer[]> => {
  const found = (await listServices(spawner.docker, { signal })).flatMap((service) => {
    const env = readLabels(service.Spec.Labels) ? undefined : foreignEnv(service.Spec.TaskTemplate)
    return env ? [{ service, env }] : []
  })
  const stateOf = await readStates(
    spawner,
    found.map(({ service }) => service),
    signal,
  )
  return found.map(({ service, env }) => ({
    service_id: service.ID,
    service_name: service.Spec.Name,
    ...env,
    created_at: service.CreatedAt,
    ...stateOf(service),
  }))
}

const readStates = async (
  { docker, nodeNames }: Pick<Spawner, 'docker' | 'nodeNames'>,
  services: readonly Service[],
  signal: AbortSignal,
): Promise<(service: Service) => Pick<ForeignServer, 'state' | 'node'>> => {
  const serviceNames = services.map(({ Spec }) => Spec.Name)
  const { items } = await tasksOfServices(docker, { serviceNames, keepsLabel: () => false, signal })
  const nodeName = await nodeNames(items, signal)
  return ({ ID, Spec }) => {
    const own = items.filter(({ ServiceID }) => ServiceID === ID)
    const state =
      own.length > 0
        ? serverState(Spec.Name, own, nodeName)
        : taskless(Spec.Name, { id: ID, spawnId: null })
    return { state: state.state, node: state.task?.node ?? null }
  }
}

/** A server of another spawner, and what was done with it. `gone`: somebody else removed it in the meantime. */
export type ClearedForeign = ForeignServer & {
  outcome: 'listed' | 'removed' | 'gone' | 'failed'
  reason?: string
}

/** Removes the servers whose services have one of these names, by their ids, and nothing else. Volumes stay. */
export const clearForeign = async (
  spawner: Pick<Spawner, 'docker' | 'audit'>,
  servers: readonly ForeignServer[],
  { names, signal }: { names: readonly string[]; signal: AbortSignal },
): Promise<ClearedForeign[]> => {
  const done: ClearedForeign[] = []
  for (const server of servers)
    done.push(
      names.includes(server.service_name)
        ? { ...server, ...(await remove(spawner, server, signal)) }
        : { ...server, outcome: 'listed' },
    )
  return done
}

const remove = async (
  spawner: Pick<Spawner, 'docker' | 'audit'>,
  { service_id: id, service_name: service, ...server }: ForeignServer,
  signal: AbortSignal,
): Promise<Pick<ClearedForeign, 'outcome' | 'reason'>> => {
  const { username, server_name, node } = server
  const reason = `a server of another spawner: ${server.spawner}`
  const act = { act: 'gc', username, server_name, service, node, reason } as const
  try {
    const wasThere = await removeTold(spawner, { id, act, tellsAll: true, signal })
    return { outcome: wasThere ? 'removed' : 'gone' }
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    return { outcome: 'failed', reason: error.message }
  }
}
