import type { EngineTransport } from '../../src/docker/transport.ts'
import type { Act } from '../../src/spawner/audit.ts'
import { readReason } from '../../src/spawner/state/advice.ts'
import { type Problem, problemOf } from '../errors.ts'
import type { EndedStart } from '../every-call/start-log.ts'
import { watchEngine } from './count-engine-calls.ts'
import { createCounter } from './counter.ts'
import { createHistogram } from './histogram.ts'
import type { Family } from './open-metrics.ts'
import { createPullMetrics } from './pull-metrics.ts'

/** Seconds of starts: a container of an image that is there takes one, a large image takes minutes. */
const START_BOUNDS = [0.5, 1, 2, 3, 5, 8, 13, 20, 30, 45, 60, 90, 120, 180, 300, 600]
/** Seconds of calls to the Engine: most take milliseconds, and the longest deadline is 45 s. */
const ENGINE_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 45]

/** What gc has found and done with one hub. Undefined if it failed. */
export type GcCounts = { listed: number; removed: number; gone: number; failed: number }

/** Counts what this copy of the service does. Each copy counts its own, from its start on. */
export type ServiceMetrics = ReturnType<typeof createServiceMetrics>

/** Makes a ServiceMetrics. `more` adds what only one runtime knows, such as the memory of the process. */
export const createServiceMetrics = (more: () => readonly Family[] = () => []) => {
  const calls = createCounter(
    'swarmspawner_calls',
    'Calls that were answered, by route and status.',
  )
  const starts = createCounter(
    'swarmspawner_starts',
    'Starts that have ended or were refused, by outcome. The code says why.',
  )
  const startSeconds = createHistogram(
    'swarmspawner_start_seconds',
    'Seconds of starts that came to run, in all and in each phase.',
    START_BOUNDS,
  )
  const engineCalls = createCounter(
    'swarmspawner_engine_calls',
    'Calls to the Docker Engine, by their results.',
  )
  const engineSeconds = createHistogram(
    'swarmspawner_engine_seconds',
    'Seconds until the Docker Engine began to answer.',
    ENGINE_BOUNDS,
  )
  const gcRuns = createCounter('swarmspawner_gc_runs', 'Looks for leftovers, by their results.')
  const removed = createCounter('swarmspawner_leftovers_removed', 'Leftovers that gc has removed.')
  const pulls = createCounter(
    'swarmspawner_pulls',
    'Images that nodes were made to download ahead of starts.',
  )
  const pullEnds = createPullMetrics()
  const lostLines = createCounter(
    'swarmspawner_audit_lines_lost',
    'Lines of the audit log that could not be written.',
  )
  lostLines.add({}, 0)
  const leftovers = new Map<string, number>()
  return {
    /** Tells of a call that was answered. `route` is its pattern. */
    answered: (call: { method: string; route: string; status: number }): void =>
      calls.add({ ...call, status: String(call.status) }),
    /** Tells of a start that has ended, and that this copy has seen from its beginning. */
    startEnded: ({ hub, outcome, reason, ...seconds }: EndedStart): void => {
      const isFine = outcome === 'running' || reason === null
      starts.add({ hub, outcome, code: isFine ? '' : readReason(reason).kind })
      if (outcome !== 'running') return
      for (const [phase, spent] of phasesOf(seconds)) startSeconds.observe({ hub, phase }, spent)
    },
    /** Tells of a start that was not carried out. */
    startFailed: (hub: string, error: unknown): void => {
      const problem = problemOf(error)
      starts.add({ hub, outcome: outcomeOf(problem), code: problem.code })
    },
    /** Tells what gc did with the leftovers of a hub. Without counts, it could not look. */
    collected: (hub: string, counts: GcCounts | undefined): void => {
      gcRuns.add({ hub, result: counts ? 'done' : 'failed' })
      if (!counts) return
      leftovers.set(hub, counts.listed + counts.failed)
      removed.add({ hub }, counts.removed)
    },
    /** Tells of something that was done to the Swarm. */
    acted: ({ act, hub, outcome }: Act): void => {
      if (act === 'pull' && hub !== undefined && outcome === undefined) pulls.add({ hub })
    },
    /** Tells which downloads ahead of starts have ended, as a look at the swarm shows them. */
    sawPullEnds: pullEnds.see,
    /** Tells of a line of the audit log that could not be written. */
    auditLost: (): void => lostLines.add({}),
    /** Counts the calls that go through a transport. */
    watch: (transport: EngineTransport): EngineTransport =>
      watchEngine(transport, ({ call, result, seconds }) => {
        engineCalls.add({ call, result })
        engineSeconds.observe({ call }, seconds)
      }),
    families: (): Family[] => [
      ...[calls, starts, startSeconds, engineCalls, engineSeconds, gcRuns].map((one) =>
        one.family(),
      ),
      leftoversFamily(leftovers),
      removed.family(),
      pulls.family(),
      ...pullEnds.families(),
      lostLines.family(),
      ...more(),
    ],
  }
}

const phasesOf = ({
  seconds,
  waiting_s,
  preparing_s,
  starting_s,
}: Pick<EndedStart, 'seconds' | 'waiting_s' | 'preparing_s' | 'starting_s'>) =>
  Object.entries({
    all: seconds,
    waiting: waiting_s,
    preparing: preparing_s,
    starting: starting_s,
  }).flatMap(([phase, spent]): [string, number][] => (spent === undefined ? [] : [[phase, spent]]))

/** A start that may be sent again has not been refused: the Engine could not be asked. */
const outcomeOf = ({ code, retryable }: Problem): string => {
  if (code === 'caller_gone') return 'abandoned'
  return retryable ? 'not_possible' : 'refused'
}

const leftoversFamily = (leftovers: ReadonlyMap<string, number>): Family => ({
  name: 'swarmspawner_leftovers',
  type: 'gauge',
  help: 'Services that a hub has left behind, when this copy last looked.',
  samples: [...leftovers].map(([hub, value]) => ({ labels: { hub }, value })),
})
