import { isUnreachable } from '../docker/errors.ts'
import { filesOf } from '../docker/files.ts'
import { findServiceSummary } from '../docker/services.ts'
import type { Task } from '../docker/tasks.ts'
import { actOf } from './audit.ts'
import { type BuiltSpec, finishSpec } from './build-spec.ts'
import { claim } from './claim.ts'
import { droppedIssues } from './engine/dropped-issues.ts'
import { askEngineFacts } from './engine/engine-facts.ts'
import { nameFiles } from './engine/name-files.ts'
import { SpawnError } from './errors.ts'
import { askedImage } from './images/asked-image.ts'
import { withImageEvent } from './images/image-event.ts'
import { resolveForStart } from './images/resolve-for-start.ts'
import type { ResolvedImage } from './images/resolved-image.ts'
import { letOthersWork } from './let-others.ts'
import { seeVolumes } from './other-spellings.ts'
import { planSpec } from './plan-spec.ts'
import { namedRules } from './policy/named-rules.ts'
import { refuseVerdicts } from './policy/refuse-verdicts.ts'
import { judgePrivateImage } from './private-image.ts'
import { applicantOf, keepPlace, requirePlace } from './quota/keep-quotas.ts'
import { isOurLabel, readLabels } from './server/labels.ts'
import { STARTING_PACE_MS } from './server/task-watch.ts'
import { refuseCrowds } from './settings/refuse-amounts.ts'
import { sleep } from './sleep.ts'
import type { Spawner } from './spawner.ts'
import { createStartReader } from './start-reader.ts'
import type { StartRequest } from './start-request.ts'
import { mergeEvents } from './state/events.ts'
import { readPullFailure } from './state/pull-failure.ts'
import { type ServerState, taskless } from './state/server-state.ts'
import { tellPreparing } from './state/tell-preparing.ts'
import { tellWarnings } from './tell-warnings.ts'
import { removeTold } from './told-changes.ts'

/** How long a start waits while the Engine is out of reach. An Engine that was killed is back after 12 s. */
const MAX_OUTAGE_MS = 15_000
/** For two minutes we try to remove the service of an abandoned start. If the Engine is down for longer, `swarmspawner gc` finds it. */
const MAX_DISCARD_MS = 120_000

export type StartOptions = {
  hub: string
  request: StartRequest
  /** Aborted when the caller is gone: the service that was created is removed. */
  signal: AbortSignal
  /** Aborted when the caller has waited long enough: the start goes on without the caller. */
  enough: AbortSignal
  /** Aborted when this process is about to stop: a start that still waits for an older server to end creates nothing. */
  shutdown?: AbortSignal | undefined
  /** Called with what looks like a mistake, a sentence for each. */
  warn?: ((warnings: readonly string[]) => void) | undefined
  /** Keeps the platform from ending the work for warnings before it is done. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined
  /** Told the image before anything is created: users may have chosen it. */
  onImage?: ((image: string) => void) | undefined
}

/**
 * Starts a server and yields its state at each change, until the server runs or has ended, or `enough` aborts. Throws a
 * SpawnError for a request that is refused, and DockerErrors. Removes the service again when the server fails, when its time
 * is up, or when the caller is gone.
 */
export async function* start(
  spawner: Spawner,
  { hub, request, signal, enough, shutdown, onImage, warn, waitUntil }: StartOptions,
): AsyncGenerator<ServerState> {
  const plan = planSpec(hub, request, spawner.policy)
  const { spec } = plan
  // A request that is refused without the Engine's help costs the Engine nothing.
  refuseVerdicts(plan.verdicts)
  refuseCrowds(spec)
  const facts = await askEngineFacts(spawner, spec, signal)
  await letOthersWork(spec)
  const finished = finishSpec(plan, facts)
  const verdicts = plan.judge(facts)
  refuseVerdicts(verdicts)
  const named = await nameFiles(filesOf(spawner.docker), finished.spec, finished.sources, signal)
  const planned = { ...finished, spec: named, rules: namedRules(verdicts) }
  const verdict = await judgePrivateImage(spawner, planned)
  if (verdict) refuseVerdicts([verdict])
  await letOthersWork(spec)
  await refuseDroppedFields(spawner, planned, signal)
  const applicant = applicantOf(plan.quotas, planned)
  const seen = applicant && (await requirePlace(spawner, applicant, signal))
  const { image, ...resolved } = await resolveForStart(spawner, planned, signal)
  const built = warn ? withImageNews(spawner, resolved.built, image) : resolved.built
  onImage?.(spec.TaskTemplate.ContainerSpec.Image)
  // Asked before the start creates volumes; nobody waits for it.
  const volumes = warn && seeVolumes(spawner, { hub, request, plan, facts }, signal).catch(() => [])
  try {
    const serviceId = await claim(spawner, built, { signal, shutdown })
    if (applicant && seen)
      await keepPlace(spawner, applicant, { serviceId, seen, signal }).catch(async (error) => {
        // Whatever keeps us from counting: a service that is not counted must not stay.
        await discard(spawner, built, 'there was no place for it')
        throw error
      })
    if (warn) tellWarnings(spawner, built, { warn, waitUntil, volumes })
    yield* follow(spawner, { built, image, serviceId, signal, enough })
  } catch (error) {
    if (signal.aborted) await discard(spawner, built, 'its caller left')
    throw error
  }
}

/** A registry that does not answer is a warning once, and not at each start. */
const withImageNews = (
  { digests }: Spawner,
  built: BuiltSpec,
  { warning }: ResolvedImage,
): BuiltSpec =>
  warning !== undefined && digests.isNews(askedImage(built), imageOf(built))
    ? { ...built, warnings: [...built.warnings, warning] }
    : built

/** Refuses fields that this Engine does not know and would drop. */
const refuseDroppedFields = async (
  { docker }: Spawner,
  { spec }: BuiltSpec,
  signal: AbortSignal,
): Promise<void> => {
  const issues = await droppedIssues(docker, spec, signal)
  const [first] = issues
  if (first) throw new SpawnError('invalid_config', `${first.path} ${first.message}`, issues)
}

type Following = Omit<
  StartOptions,
  'hub' | 'request' | 'shutdown' | 'onImage' | 'warn' | 'waitUntil'
> & {
  built: BuiltSpec
  image: ResolvedImage
  serviceId: string
}

async function* follow(spawner: Spawner, following: Following): AsyncGenerator<ServerState> {
  const { serviceName, spawnId } = following.built.labels
  const read = createStartReader(spawner, following)
  const first = taskless(serviceName, { id: following.serviceId, spawnId })
  let last = withImageEvent(first, following.image, spawner.now())
  yield last
  for await (const tasks of looks(spawner, following)) {
    const next = await read(tasks, last)
    if (next.cursor === last.cursor) continue
    // A task says only its present state, so the events of earlier looks are kept.
    last = { ...next, events: tellPreparing(mergeEvents(last.events, next.events)) }
    yield last
    if (last.state === 'starting') continue
    if (last.state === 'failed' && readPullFailure(last.reason)) doubtDigest(spawner, following)
    return
  }
}

/** A digest that a node could not pull may be gone from the registry, so the next start asks again. */
const doubtDigest = ({ digests }: Spawner, { built }: Following): void =>
  digests.doubt(askedImage(built), imageOf(built))

const imageOf = ({ isTrustedImage: isTrusted, labels: { hub } }: BuiltSpec) => ({ isTrusted, hub })

/** Yields the tasks of the service, look by look. Waits while the Engine is out of reach for a short time. */
async function* looks(
  spawner: Spawner,
  { built, serviceId, signal, enough }: Following,
): AsyncGenerator<Task[]> {
  const waiting = AbortSignal.any([signal, enough])
  let outage: { since: number; error: unknown } | undefined
  while (!enough.aborted) {
    try {
      const tasks = await spawner.watch(built.labels.serviceName, {
        paceMs: STARTING_PACE_MS,
        signal: waiting,
      })
      outage = undefined
      yield tasks.filter((task) => task.ServiceID === serviceId)
    } catch (error) {
      signal.throwIfAborted()
      if (enough.aborted) break
      outage = { since: outage?.since ?? spawner.now(), error }
      if (!isUnreachable(error) || spawner.now() - outage.since > MAX_OUTAGE_MS) throw error
      await sleep(500, waiting)
    }
  }
  signal.throwIfAborted()
  // The state is unknown, which is not the same as `starting`. So a caller who waited through an outage gets the error.
  if (outage) throw outage.error
}

/**
 * Removes the service of a start whose caller is gone, also when the answer to the create call was lost. Tries again while the
 * Engine is out of reach.
 */
const discard = async (spawner: Spawner, { labels }: BuiltSpec, reason: string): Promise<void> => {
  const act = { act: 'discard', ...actOf(labels), reason } as const
  const giveUpAt = spawner.now() + MAX_DISCARD_MS
  for (;;) {
    try {
      const service = await findServiceSummary(spawner.docker, {
        keepsLabel: isOurLabel,
        id: labels.serviceName,
      })
      if (service && readLabels(service.Spec.Labels)?.spawnId === labels.spawnId)
        await removeTold(spawner, { id: service.ID, act })
      return
    } catch (error) {
      if (!isUnreachable(error) || spawner.now() > giveUpAt) throw error
      await sleep(1000)
    }
  }
}
