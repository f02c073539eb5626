import {
  type DockerError,
  isDockerError,
  isInDoubt,
  isUnreachable,
  mayBeDone,
} from '../docker/errors.ts'
import { createService, findServiceSummary, type ServiceSummary } from '../docker/services.ts'
import { type Act, actOf } from './audit.ts'
import type { BuiltSpec } from './build-spec.ts'
import { SpawnError } from './errors.ts'
import { askedImage } from './images/asked-image.ts'
import { isOf } from './server/find-server.ts'
import { isOurLabel, readLabels, type ServerLabels } from './server/labels.ts'
import type { Spawner } from './spawner.ts'
import { inDoubt, removeTold } from './told-changes.ts'
import { hasContainer, LEAVING_MS, timeToStop, waitUntilGone } from './wait-until-gone.ts'

/** `signal` aborts when the caller is gone, `shutdown` when this process is about to stop. */
export type Signals = { signal: AbortSignal; shutdown?: AbortSignal | undefined }

/** Five times another start may take the name before us. Each time some start made progress, so nobody waits for ever. */
const MAX_ATTEMPTS = 5

/**
 * Creates the service of a server, or finds the service that this same spawn has already created, and returns its id. The
 * unique name is the lock. The service of an older start is removed, and its container is waited for. Throws `superseded`
 * where a newer start holds the name, `name_taken` where the service is not of this hub's server (it is never touched), and
 * `shutting_down` where this process stops while it waits; then nothing is created.
 */
export const claim = async (
  spawner: Spawner,
  built: BuiltSpec,
  signals: Signals,
): Promise<string> => {
  const { signal } = signals
  const { docker } = spawner
  const { serviceName } = built.labels
  await waitForFormerTasks(spawner, serviceName, signals)
  // Under `never` no node has a use for them.
  const registryAuth =
    built.isTrustedImage && built.pullPolicy !== 'never'
      ? await spawner.registryAuth(askedImage(built))
      : undefined
  let isLost = false
  let doubt: DockerError | undefined
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    signal.throwIfAborted()
    const created = await create(spawner, { built, registryAuth })
    if (typeof created === 'string') return told(spawner, built, created)
    isLost ||= isInDoubt(created)
    doubt = mayBeDone(created) ? created : doubt
    const found = await findServiceSummary(docker, {
      keepsLabel: isOurLabel,
      id: serviceName,
      signal,
    }).catch((error: unknown) => {
      if (doubt) spawner.audit(inDoubt(startOf(built), doubt))
      throw error
    })
    if (!found) {
      // The Engine answers again, and there is no service. A create that was lost and comes late fails, for the name is taken.
      const mayTryAgain = isUnreachable(created) && attempt === 1
      if (!mayTryAgain && !isDockerError(created, 'conflict')) throw created
      continue
    }
    // After an answer that was lost, the service is most likely what this call has created.
    if (isSameSpawn(found, built.labels)) return isLost ? told(spawner, built, found.ID) : found.ID
    await replace(spawner, found, built, signals)
  }
  throw new SpawnError(
    'superseded',
    `${serviceName}: others keep starting and stopping this server`,
  )
}

/** Returns the id of the new service, or the error after which the name has to be looked up: the service may exist all the same. */
const create = async (
  { docker }: Spawner,
  { built, registryAuth }: { built: BuiltSpec; registryAuth: string | undefined },
): Promise<string | DockerError> => {
  try {
    // Without the caller's signal: the Engine may carry out a call that is cut off, after we have looked for its service.
    return (await createService(docker, { spec: built.spec, registryAuth })).ID
  } catch (error) {
    if (isDockerError(error, 'conflict') || isInDoubt(error)) return error
    throw error
  }
}

/** Says whether the service that holds the name is of this very spawn, or of an older one. Throws where it may not be replaced. */
const isSameSpawn = (found: ServiceSummary, wanted: ServerLabels): boolean => {
  const labels = readLabels(found.Spec.Labels)
  const server = { username: wanted.username, server_name: wanted.serverName }
  if (!labels || !isOf(labels, wanted.hub, server))
    throw new SpawnError(
      'name_taken',
      `${wanted.serviceName}: a service of this name exists that is not this hub's; remove it, or set another service_prefix`,
    )
  if (labels.spawnId === wanted.spawnId) return true
  if (isNewer(labels, wanted))
    throw new SpawnError('superseded', `${wanted.serviceName}: a newer start of this server holds`)
  return false
}

const isNewer = (a: ServerLabels, b: ServerLabels): boolean =>
  a.issuedAt === b.issuedAt ? a.spawnId > b.spawnId : a.issuedAt > b.issuedAt

/** Tells of a service that was created, and returns its id. */
const told = ({ audit }: Spawner, built: BuiltSpec, serviceId: string): string => {
  audit({ ...startOf(built), service_id: serviceId })
  return serviceId
}

const startOf = ({ spec, labels, rules }: BuiltSpec): Act => ({
  act: 'start',
  ...actOf(labels),
  image: spec.TaskTemplate.ContainerSpec.Image,
  rules,
})

const replace = async (
  spawner: Spawner,
  service: ServiceSummary,
  { labels }: BuiltSpec,
  signals: Signals,
): Promise<void> => {
  const former = actOf(readLabels(service.Spec.Labels) ?? labels)
  const act = { act: 'replace', ...former, reason: `a newer start: ${labels.spawnId}` } as const
  await removeTold(spawner, { id: service.ID, act, signal: signals.signal })
  await waitForContainer(spawner, signals, {
    serviceName: service.Spec.Name,
    isMeant: (task) => task.ServiceID === service.ID && hasContainer(task),
    timeoutMs: timeToStop(service),
  })
}

/**
 * Waits until the tasks of an already removed service have ended: their container still answers under the same name, and
 * still uses the same volumes. Swarm marks such tasks for removal a moment later, so the missing service tells which they are.
 */
const waitForFormerTasks = async (
  spawner: Spawner,
  serviceName: string,
  signals: Signals,
): Promise<void> => {
  const { signal } = signals
  // All starts of this moment share one look.
  const tasks = await spawner.watch(serviceName, { paceMs: 0, signal })
  if (tasks.length === 0) return
  const staying = await findServiceSummary(spawner.docker, {
    keepsLabel: isOurLabel,
    id: serviceName,
    signal,
  })
  const leaving = new Set(tasks.filter(hasContainer).map(({ ServiceID }) => ServiceID))
  leaving.delete(staying?.ID)
  if (leaving.size === 0) return
  await waitForContainer(spawner, signals, {
    serviceName,
    isMeant: (task) => leaving.has(task.ServiceID) && hasContainer(task),
    timeoutMs: LEAVING_MS,
  })
}

/** Returns when the container is gone, or when waiting longer is useless. Throws `shutting_down` when this process stops. */
const waitForContainer = async (
  spawner: Spawner,
  { signal, shutdown }: Signals,
  waited: Omit<Parameters<typeof waitUntilGone>[1], 'signal' | 'enough'>,
): Promise<void> => {
  const isGone = await waitUntilGone(spawner, { ...waited, signal, enough: shutdown })
  if (!isGone && shutdown?.aborted)
    throw new SpawnError('shutting_down', `${waited.serviceName}: the older one has still to end`)
}
