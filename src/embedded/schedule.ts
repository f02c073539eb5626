import { swarmNetworksOf } from './addresses.ts'
import { allocate } from './allocate.ts'
import { chooseScenario } from './choose-scenario.ts'
import { isGlobalJob, jobPlaces, jobRestart, jobScenario } from './global-job.ts'
import { containerGoneAt } from './life/run-stop.ts'
import { networkNamed } from './networks.ts'
import { place } from './placement.ts'
import { activeRuns, forgetRuns } from './service-runs.ts'
import { type EmbeddedRun, type EmbeddedService, nextIndex, type Swarm } from './swarm.ts'

const DEFAULT_DELAY_NS = 5e9
const DEFAULT_GRACE_NS = 10e9
/** Five runs of a slot are kept, for the history of its tasks. */
const KEPT_RUNS = 5

/** Where a chain of tasks belongs: a slot, or the node of a global service. */
type Place = { slot: number } | { nodeId: string; unplaced?: string }

/**
 * Starts and stops runs until the service has what its spec wants. With `isDirty` it replaces all runs. Each
 * new run waits until its predecessor's container is gone.
 */
export const schedule = (swarm: Swarm, service: EmbeddedService, isDirty: boolean): void => {
  const { now, speed } = swarm.clock()
  const wanted = placesOf(swarm, service)
  const active = new Map(activeRuns(swarm, service).map((run) => [keyOf(run), run]))
  const wantedKeys = new Set(wanted.map(keyOf))
  for (const [key, run] of active)
    if (!wantedKeys.has(key)) run.stop = { at: now, desired: 'remove' }
  for (const spot of wanted) {
    const former = active.get(keyOf(spot))
    if (former && !isDirty) continue
    const isJob = isGlobalJob(service.spec)
    if (former) former.stop = { at: now, desired: isJob ? 'remove' : 'shutdown' }
    const heldUntil = former && !isJob ? containerGoneAt(former, speed) : now
    swarm.runs.push(createRun(swarm, service, spot, heldUntil))
  }
  forgetOldRuns(swarm, service)
  allocate(swarm)
}

/** Stops all tasks of a service that was removed. */
export const unschedule = (swarm: Swarm, { id }: EmbeddedService): void => {
  const { now } = swarm.clock()
  for (const run of swarm.runs)
    if (run.serviceId === id) run.stop = { at: run.stop?.at ?? now, desired: 'remove' }
  forgetRuns(swarm)
}

const keyOf = (spot: { slot?: number; nodeId?: string }): string =>
  spot.slot === undefined ? (spot.nodeId ?? '') : String(spot.slot)

const placesOf = (swarm: Swarm, { spec }: EmbeddedService): Place[] => {
  if (isGlobalJob(spec)) return jobPlaces(swarm, spec.TaskTemplate ?? {})
  if (spec.Mode?.Global)
    return place(swarm, spec.TaskTemplate ?? {}).fitting.map(({ ID }) => ({ nodeId: ID }))
  const replicas = spec.Mode?.Replicated?.Replicas ?? 1
  return Array.from({ length: replicas }, (_, index) => ({ slot: index + 1 }))
}

/** Makes a run for a place. It is not in the swarm's list yet. */
export const createRun = (
  swarm: Swarm,
  service: EmbeddedService,
  { unplaced, ...spot }: Place & { unplaced?: string },
  heldUntil: number,
): EmbeddedRun => {
  const { spec, id, generation } = service
  const template = spec.TaskTemplate ?? {}
  const number = ++swarm.made
  const isJob = isGlobalJob(spec)
  const scenario = isJob
    ? jobScenario(chooseScenario(swarm.pulls, spec), template, unplaced)
    : chooseScenario(swarm.pulls, spec)
  const { fitting, err, isFull } = place(swarm, template)
  const { Condition, Delay, MaxAttempts } = template.RestartPolicy ?? {}
  return {
    key: `${swarm.seed}/run/${number}`,
    number,
    index: nextIndex(swarm),
    generation,
    serviceId: id,
    serviceName: spec.Name ?? '',
    serviceLabels: spec.Labels ?? {},
    template,
    nodeId: fitting[number % fitting.length]?.ID ?? '',
    ...spot,
    startsAt: swarm.clock().now,
    heldUntil,
    scenario: fitting.length === 0 && !isFull && !isJob ? { ...scenario, unplaced: err } : scenario,
    ...(isFull && !isJob && { room: { err, placedAt: Infinity } }),
    restart: isJob
      ? jobRestart(template)
      : {
          condition: Condition ?? 'any',
          delayMs: (Delay ?? DEFAULT_DELAY_NS) / 1e6,
          maxAttempts: MaxAttempts ?? 0,
        },
    ...(isJob && { isJob }),
    isOnOverlay: isOnOverlay(swarm, service),
    ...(swarmNetworksOf(swarm, template).length > 0 && { allocatedAt: Infinity }),
    graceMs: (template.ContainerSpec?.StopGracePeriod ?? DEFAULT_GRACE_NS) / 1e6,
  }
}

const isOnOverlay = (swarm: Swarm, { spec }: EmbeddedService): boolean =>
  (spec.TaskTemplate?.Networks ?? []).some(
    ({ Target }) => networkNamed(swarm, Target ?? '')?.Driver === 'overlay',
  )

const forgetOldRuns = (swarm: Swarm, { id }: EmbeddedService): void => {
  const newest = new Map<string, number>()
  const kept = swarm.runs.toReversed().filter((run) => {
    const count = (newest.get(keyOf(run)) ?? 0) + 1
    if (run.serviceId === id) newest.set(keyOf(run), count)
    return run.serviceId !== id || count <= KEPT_RUNS
  })
  swarm.runs = kept.toReversed()
}
