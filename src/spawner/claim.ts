import { type DockerError, isDockerError, isInDoubt, isUnreachable } from '../docker/errors.ts'
import {
  createService,
  findServiceSummary,
  removeService,
  type ServiceSummary,
} from '../docker/services.ts'
import type { BuiltSpec } from './build-spec.ts'
import { SpawnError } from './errors.ts'
import { hasContainer, timeToStop, waitUntilGone } from './remove-server.ts'
import { isOf } from './server/find-server.ts'
import { isOurLabel, readLabels, type ServerLabels } from './server/labels.ts'
import type { Spawner } from './spawner.ts'

/** The caller's own, and that of a process which is about to stop. */
type Signals = { signal: AbortSignal; shutdown?: AbortSignal | undefined }

/** How often a name may be lost to another before we give up: each time, somebody else made progress. */
const MAX_ATTEMPTS = 5

/** How long a container of a service that is gone may take; one on a lost node never goes. */
const LEAVING_MS = 30_000

/**
 * Makes the service of a server, or finds that of the same spawn; says its id. The unique name is the lock: an
 * older start's service is removed and its container waited for, a newer one's stands (`superseded`), and a
 * stranger's is never touched (`name_taken`). Where `shutdown` aborts while it waits for an older one's container,
 * nothing is made (`shutting_down`).
 */
export const claim = async (
  spawner: Spawner,
  built: BuiltSpec,
  signals: Signals,
): Promise<string> => {
  const { signal } = signals
  const { docker } = spawner
  const { serviceName } = built.labels
  await waitForLeavers(spawner, serviceName, signals)
  const registryAuth = built.isTrustedImage
    ? await spawner.registryAuth(built.spec.TaskTemplate.ContainerSpec.Image)
    : undefined
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    signal.throwIfAborted()
    const created = await create(spawner, { built, registryAuth })
    if (typeof created === 'string') return created
    const found = await findServiceSummary(docker, {
      keepsLabel: isOurLabel,
      id: serviceName,
      signal,
    })
    if (!found) {
      // The Swarm can be asked again and has none. Should the lost create come late, the name makes it the loser.
      const mayTryAgain = isUnreachable(created) && attempt === 1
      if (!mayTryAgain && !isDockerError(created, 'conflict')) throw created
      continue
    }
    const verdict = judge(found, built.labels)
    if (verdict === 'same') return found.ID
    await replace(spawner, found, signals)
  }
  throw new SpawnError(
    'superseded',
    `${serviceName}: others keep starting and stopping this server`,
  )
}

/** The new service's id, or the error after which the name must be looked up: a lost answer may have created it. */
const create = async (
  { docker }: Spawner,
  { built, registryAuth }: { built: BuiltSpec; registryAuth: string | undefined },
): Promise<string | DockerError> => {
  try {
    // Not ended with its caller: one that is cut off may still be carried out, after we have looked for it.
    return (await createService(docker, { spec: built.spec, registryAuth })).ID
  } catch (error) {
    if (isDockerError(error, 'conflict') || isInDoubt(error)) return error
    throw error
  }
}

/** Whether a service that holds the name is this very start's, or an older one's that must give way. */
const judge = (found: ServiceSummary, wanted: ServerLabels): 'same' | 'older' => {
  const labels = readLabels(found.Spec.Labels)
  const server = { username: wanted.username, server_name: wanted.serverName }
  if (!labels || !isOf(labels, wanted.hub, server))
    throw new SpawnError(
      'name_taken',
      `${wanted.serviceName}: a service of this name exists that is not this hub's; remove it, or set another service_prefix`,
    )
  if (labels.spawnId === wanted.spawnId) return 'same'
  if (isNewer(labels, wanted))
    throw new SpawnError('superseded', `${wanted.serviceName}: a newer start of this server holds`)
  return 'older'
}

const isNewer = (a: ServerLabels, b: ServerLabels): boolean =>
  a.issuedAt === b.issuedAt ? a.spawnId > b.spawnId : a.issuedAt > b.issuedAt

const replace = async (
  spawner: Spawner,
  service: ServiceSummary,
  signals: Signals,
): Promise<void> => {
  await removeService(spawner.docker, { id: service.ID, signal: signals.signal })
  await waitForContainer(spawner, signals, {
    serviceName: service.Spec.Name,
    isMeant: (task) => task.ServiceID === service.ID && hasContainer(task),
    timeoutMs: timeToStop(service),
  })
}

/**
 * Waits for the tasks of a service that is gone already: a dying container answers under the same name, and holds
 * the same volumes. Swarm takes a moment to want such a task removed, so it is the service that tells.
 */
const waitForLeavers = async (
  spawner: Spawner,
  serviceName: string,
  signals: Signals,
): Promise<void> => {
  const { signal } = signals
  // The look is shared by all starts of this moment.
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

/** Goes on where the container is gone or will not be; a process that is about to stop leaves the rest to another copy. */
const waitForContainer = async (
  spawner: Spawner,
  { signal, shutdown }: Signals,
  waited: Omit<Parameters<typeof waitUntilGone>[1], 'signal' | 'waitOver'>,
): Promise<void> => {
  const isGone = await waitUntilGone(spawner, { ...waited, signal, waitOver: shutdown })
  if (!isGone && shutdown?.aborted)
    throw new SpawnError('shutting_down', `${waited.serviceName}: the older one has still to end`)
}
