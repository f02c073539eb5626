import type { Docker } from '../src/docker/docker.ts'
import type { Node } from '../src/docker/nodes.ts'
import type { OwnContainer } from '../src/docker/own-container.ts'
import { listServices } from '../src/docker/services.ts'
import { listTasks } from '../src/docker/tasks.ts'
import { readLabels } from '../src/spawner/server/labels.ts'
import { takesTasks } from '../src/spawner/state/could-fit.ts'

/** What runs on a node: how many servers, and the names of all other services. `own`: the one that this process is of. */
export type Running = { servers: number; services: string[]; own: string | undefined }

/** Lists what runs on a node, in two calls to the Engine. */
export const runningOn = async (
  docker: Docker,
  { node, own, signal }: { node: Node; own: OwnContainer; signal: AbortSignal },
): Promise<Running> => {
  const filters = { node: [node.ID], 'desired-state': ['running'] }
  const tasks = await listTasks(docker, { filters, signal })
  const others = tasks.filter(({ Spec }) => !readLabels(Spec.ContainerSpec?.Labels))
  const ids = new Set(others.flatMap(({ ServiceID }) => ServiceID ?? []))
  const ownId = others.find(({ Status }) => {
    const container = Status.ContainerStatus?.ContainerID ?? ''
    return own.ids.some((id) => container.startsWith(id))
  })?.ServiceID
  const services =
    ids.size > 0 ? await listServices(docker, { filters: { id: [...ids] }, signal }) : []
  return {
    servers: tasks.length - others.length,
    services: services.map(({ Spec }) => Spec.Name).sort(),
    own: services.find(({ ID }) => ID === ownId)?.Spec.Name,
  }
}

/** Returns whether no other manager takes tasks: what is placed on managers could run nowhere. */
export const isLastManager = (nodes: readonly Node[], node: Node): boolean =>
  node.Spec.Role === 'manager' &&
  !nodes.some((other) => other.ID !== node.ID && other.Spec.Role === 'manager' && takesTasks(other))
