import type { Run } from './life/run.ts'
import { RECORDED } from './life/task-status.ts'
import { whyNot } from './placement.ts'
import type { Scenario } from './scenario.ts'
import type { EmbeddedTask } from './service-runs.ts'
import type { EmbeddedService, Swarm } from './swarm.ts'
import type { ServiceBody, TaskTemplate } from './wire/service-body.ts'
import { timestamp } from './wire/timestamp.ts'

/** Whether the tasks of a service run to their end once on each node. */
export const isGlobalJob = ({ Mode }: ServiceBody): boolean => Boolean(Mode?.GlobalJob)

/** The number of an iteration as Go writes it: a 0 is left out. */
export const iteration = (index: number): { Index?: number } => (index > 0 ? { Index: index } : {})

/** What a service says of its iterations. Undefined for a service that is no job. */
export const jobStatus = ({ spec, generation, updatedAt }: EmbeddedService) =>
  isGlobalJob(spec)
    ? { JobIteration: iteration(generation), LastExecution: timestamp(updatedAt) }
    : undefined

/** How many tasks of a job have ended well. */
export const completedTasks = (tasks: readonly EmbeddedTask[]): number =>
  tasks.filter(({ task }) => task.status.State === 'complete').length

/**
 * The nodes that a job has tasks on. Swarm makes none on a node that takes no tasks or does not meet the constraints, also
 * not when that changes later. It makes one on a node of another platform, which waits for ever.
 */
export const jobPlaces = (
  { nodes }: Swarm,
  template: TaskTemplate,
): { nodeId: string; unplaced?: string }[] =>
  nodes.flatMap((node) => {
    const why = whyNot(template, node)
    if (why === undefined) return [{ nodeId: node.ID }]
    return why === 'unsupported platform on' ? [{ nodeId: node.ID, unplaced: `${why} 1 node` }] : []
  })

/** Recorded: docker-init has ended 141 ms after its container ran. */
const ENDED_MS = 141

/** What happens to a task of a job. Docker's own docker-init ends at once, whatever the image would do. */
export const jobScenario = (
  scenario: Scenario,
  { ContainerSpec }: TaskTemplate,
  unplaced: string | undefined,
): Scenario => {
  if (unplaced !== undefined) return { unplaced, moments: [] }
  if (ContainerSpec?.Command?.[0] !== '/sbin/docker-init') return scenario
  const running = scenario.moments.findIndex(({ status }) => status.State === 'running')
  const runs = scenario.moments[running]
  if (!runs) return scenario
  const ends = { ms: runs.ms + ENDED_MS, status: RECORDED.complete }
  return { ...scenario, moments: [...scenario.moments.slice(0, running + 1), ends] }
}

const DEFAULT_DELAY_NS = 5e9

/**
 * Found on Engines 20.10 and 28.5: a failed task of a job is tried again whatever the condition and the attempts are, and
 * with the condition `none` without a delay.
 */
export const jobRestart = ({ RestartPolicy }: TaskTemplate): Run['restart'] => ({
  condition: 'on-failure',
  delayMs:
    RestartPolicy?.Condition === 'none' ? 0 : (RestartPolicy?.Delay ?? DEFAULT_DELAY_NS) / 1e6,
  maxAttempts: 0,
})
