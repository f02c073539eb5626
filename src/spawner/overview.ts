import type { Docker } from '../docker/docker.ts'
import { HOLDING } from '../docker/held-resources.ts'
import { listNodes, type Node } from '../docker/nodes.ts'
import { listSwarmTasks, type SwarmTask } from '../docker/swarm-tasks.ts'
import { keepAnswers } from './engine/keep-answers.ts'
import { type PullEnd, seePullEnds } from './images/pull-ends.ts'
import { type SeenPull, seePulls } from './images/seen-pulls.ts'
import { isOurLabel, readLabels, type ServerLabels } from './server/labels.ts'
import { type Amounts, amountsOf, NOTHING, plus } from './state/amounts.ts'
import { newestTask } from './state/newest-task.ts'
import { type ServerState, serverState } from './state/server-state.ts'

/** A server as its tasks show it. */
export type SeenServer = {
  labels: ServerLabels
  state: ServerState
  image: string
  /** When its newest task was made, in ISO 8601. */
  since: string
}

/** A node, and what tasks of any service hold of it. */
export type SeenNode = { node: Node; name: string; has: Amounts; held: Amounts }

/** All nodes, all servers that have a task, and all images that are due, of all hubs. */
export type Overview = {
  nodes: readonly SeenNode[]
  servers: readonly SeenServer[]
  /** The images that are due, of all hubs. */
  pulls: readonly SeenPull[]
  /** The downloads of those that have ended, as long as Swarm keeps their tasks. */
  pullEnds: readonly PullEnd[]
}

/** One look at the whole swarm, in two calls to the Engine, shared by all who ask within a second. Throws DockerErrors. */
export type LookAround = () => Promise<Overview>

/** 5 s: Prometheus waits 10 s for an answer. */
const TIMEOUT_MS = 5000
/** 1 s: a page that is opened again sees what has changed. */
const KEPT_MS = 1000

/** Makes a LookAround. A swarm whose lists take long is looked at less often: at most a tenth of the time goes into it. */
export const createLookAround = (docker: Docker, now: () => number): LookAround => {
  const look = keepAnswers(
    async () => {
      const options = { timeoutMs: TIMEOUT_MS }
      const [nodes, tasks] = await Promise.all([
        listNodes(docker, options),
        listSwarmTasks(docker, { ...options, keepsLabel: isOurLabel }),
      ])
      return {
        nodes: seeNodes(nodes, tasks),
        servers: seeServers(nodes, tasks),
        pulls: seePulls(tasks),
        pullEnds: seePullEnds(tasks),
      }
    },
    now,
    KEPT_MS,
  )
  return () => look('')
}

const seeNodes = (nodes: readonly Node[], tasks: readonly SwarmTask[]): SeenNode[] => {
  const held = new Map<string, Amounts>()
  for (const { NodeID = '', Spec, Status } of tasks) {
    const reserved = Spec.Resources?.Reservations
    if (NodeID === '' || !reserved || !HOLDING.has(Status.State)) continue
    held.set(NodeID, plus(held.get(NodeID) ?? NOTHING, amountsOf(reserved)))
  }
  return nodes.map((node) => ({
    node,
    name: nameOf(node),
    has: amountsOf(node.Description.Resources),
    held: held.get(node.ID) ?? NOTHING,
  }))
}

const nameOf = ({ ID, Description }: Node): string => Description.Hostname || ID

const seeServers = (nodes: readonly Node[], tasks: readonly SwarmTask[]): SeenServer[] => {
  const names = new Map(nodes.map((node) => [node.ID, nameOf(node)]))
  const labelled = tasks.flatMap((task) => {
    const labels = readLabels(task.Spec.ContainerSpec?.Labels)
    return labels && task.ServiceID ? [{ task, labels }] : []
  })
  const servers = Map.groupBy(labelled, ({ labels }) => labels.serviceName)
  return [...servers].flatMap(([name, own]) => {
    const ownTasks = own.map(({ task }) => task)
    const newest = newestTask(ownTasks)
    const labels = readLabels(newest?.Spec.ContainerSpec?.Labels)
    if (!newest || !labels) return []
    const state = serverState(name, ownTasks, (id) => names.get(id) ?? id)
    const image = newest.Spec.ContainerSpec?.Image ?? ''
    return [{ labels, state, image, since: newest.CreatedAt }]
  })
}
