import { iterationOf, type Job } from '../../docker/jobs.ts'
import type { Node } from '../../docker/nodes.ts'
import { isOfPlatform, platformInWords } from '../../docker/platforms.ts'
import type { Task } from '../../docker/tasks.ts'
import { printable } from '../errors.ts'
import { meets } from '../state/could-fit.ts'
import { isOlder } from '../state/newest-task.ts'
import { readPlatform } from './image-platforms.ts'
import type { PullLabels } from './pull-labels.ts'
import type { NodePull } from './pull-report.ts'

/** A pull job, what its labels say, and all that the Swarm says of its nodes. */
export type SeenJob = {
  job: Job
  labels: PullLabels
  nodes: readonly Node[]
  /** The tasks of this job; others may be among them. */
  tasks: readonly Task[]
}

/**
 * Says of each node whether it has the image: nodes that would run a server with it now, and nodes that have left or are down.
 * A drained or paused node takes no server, and so it is not in the list.
 */
export const nodePulls = ({ job, labels, nodes, tasks }: SeenJob): NodePull[] => {
  const own = Map.groupBy(
    tasks.filter((task) => isOfIteration(task, job)),
    ({ NodeID }) => NodeID ?? '',
  )
  const known = new Set(nodes.map(({ ID }) => ID))
  const left = [...own].filter(([id]) => id !== '' && !known.has(id))
  return [
    ...nodes
      .filter((node) => isWanted(node, labels))
      .map((node) => ({
        node_id: node.ID,
        node: node.Description.Hostname || node.ID,
        ...stateOn(node, labels, own.get(node.ID) ?? []),
      })),
    ...left.map(([id]) => ({ node_id: id, node: id, ...gone('has left the swarm') })),
  ]
}

const isOfIteration = ({ ServiceID, JobIteration }: Task, job: Job): boolean =>
  ServiceID === job.ID && (JobIteration?.Index ?? 0) === iterationOf(job)

const isWanted = (node: Node, { constraints, platforms }: PullLabels): boolean =>
  node.Spec.Availability === 'active' &&
  constraints.every((text) => meets(text)(node)) &&
  isOn(node, platforms)

/** A node that does not tell its platform counts as one of each. */
const isOn = ({ Description }: Node, platforms: readonly string[]): boolean =>
  Description.Platform === undefined ||
  isOfPlatform(Description.Platform, platforms.map(readPlatform))

/** What is known of an image on a node. */
export type PullState = Pick<NodePull, 'state' | 'since' | 'reason'>

const stateOn = (node: Node, labels: PullLabels, tasks: readonly Task[]): PullState => {
  const { State, Message } = node.Status
  if (!['ready', 'unknown'].includes(State))
    return gone(`is ${State}${Message ? `: ${Message}` : ''}`)
  const ofImage = labels['image-platforms'] ?? []
  if (!isOn(node, ofImage)) return failed(`${PLATFORM_WORDS} ${wordsOf(ofImage)}; ${ownOf(node)}`)
  if (node.Description.Platform?.OS === 'windows') return failed(WINDOWS)
  return stateOfTasks(tasks)
}

const PLATFORM_WORDS = 'the image has only'
const WINDOWS =
  'images are pulled ahead on Linux nodes only, because Windows has no docker-init; this node downloads it at the first start'

const wordsOf = (platforms: readonly string[]): string => platforms.join(', ')
const ownOf = ({ Description }: Node): string =>
  `this node is ${platformInWords(Description.Platform ?? {})}`

/** 500 characters of the Engine's words are enough for one node of many. */
const MAX_REASON = 500

const gone = (reason: string): PullState => ({
  state: 'gone',
  since: null,
  reason: printable(reason, MAX_REASON),
})

const failed = (reason: string, since: string | null = null): PullState => ({
  state: 'failed',
  since,
  reason: printable(reason, MAX_REASON),
})

/**
 * The newest task that says anything. After a failure, Swarm makes another task at once that waits for its time. A task that
 * was `ready` has its image, whatever came of its container; so has one that ended as `failed` and not as `rejected`.
 */
export const stateOfTasks = (tasks: readonly Task[]): PullState => {
  const sorted = [...tasks].sort((one, other) => (isOlder(one, other) ? 1 : -1))
  const [newest] = sorted
  if (!newest) return { state: 'waiting', since: null, reason: null }
  const { State, Timestamp: since, Err, Message } = newest.Status
  if (HAS_IMAGE.has(State)) {
    const trouble = sorted.find(({ Status }) => Status.State === 'failed')?.Status.Err
    return { state: 'there', since, reason: trouble ? printable(idle(trouble), MAX_REASON) : null }
  }
  if (State === 'rejected' || State === 'orphaned')
    return failed(Err || Message || `its task is ${State}`, since)
  const reason = Err ? printable(Err, MAX_REASON) : null
  return State === 'preparing'
    ? { state: 'downloading', since, reason }
    : { state: 'waiting', since, reason }
}

/** The states of a task whose image is on its node. */
export const HAS_IMAGE: ReadonlySet<string> = new Set([
  'ready',
  'starting',
  'running',
  'complete',
  'failed',
])

const idle = (words: string): string =>
  `the image is there, but docker-init could not run in it: ${words}`
