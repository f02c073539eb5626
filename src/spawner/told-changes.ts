import { changeNode, type NodeSpec } from '../docker/change-node.ts'
import { isDockerError, mayBeDone } from '../docker/errors.ts'
import { runJobAgain } from '../docker/jobs.ts'
import type { CallOptions } from '../docker/request.ts'
import { createService, removeService } from '../docker/services.ts'
import type { Act, Audit } from './audit.ts'
import type { Spawner } from './spawner.ts'

type Told = { act: Act }
type Teller = Pick<Spawner, 'docker' | 'audit'>

/**
 * Removes a service by its id, and tells of it. Returns whether it was there; one that was not is told only if `tellsAll`, and
 * so is one that the Engine refused to remove.
 */
export const removeTold = async (
  { docker, audit }: Teller,
  { act, tellsAll = false, ...options }: CallOptions & Told & { id: string; tellsAll?: boolean },
): Promise<boolean> => {
  const named = { service_id: options.id, ...act }
  try {
    const wasThere = await removeService(docker, options)
    if (tellsAll) audit({ ...named, outcome: wasThere ? 'removed' : 'gone' })
    else if (wasThere) audit(named)
    return wasThere
  } catch (error) {
    if (mayBeDone(error)) audit(inDoubt(named, error))
    else if (tellsAll && isDockerError(error)) audit(unfinished(named, 'failed', error))
    throw error
  }
}

/** Creates a service, tells of it, and returns its id. */
export const createTold = (
  { docker, audit }: Teller,
  { act, ...options }: Told & Parameters<typeof createService>[1],
): Promise<string> =>
  tellDoubt(audit, act, async () => {
    const { ID: service_id } = await createService(docker, options)
    audit({ ...act, service_id })
    return service_id
  })

/** Runs a job on its nodes again, and tells of it. */
export const runAgainTold = (
  { docker, audit }: Teller,
  { act, ...options }: Told & Parameters<typeof runJobAgain>[1],
): Promise<void> => {
  const named = { service: options.job.Spec.Name, service_id: options.job.ID, ...act }
  return tellDoubt(audit, named, async () => {
    await runJobAgain(docker, options)
    audit(named)
  })
}

/** Changes a node and tells of it. Returns whether it was changed; one that was not is not told. */
export const changeNodeTold = async (
  { docker, audit }: Teller,
  {
    act,
    change,
    ...options
  }: CallOptions & Told & { id: string; change: (spec: NodeSpec) => NodeSpec | undefined },
): Promise<boolean> => {
  let isSent = false
  const changeAndNote = (spec: NodeSpec) => {
    const changed = change(spec)
    isSent ||= changed !== undefined
    return changed
  }
  // The node is read first. As long as nothing was sent, nothing is in doubt.
  const tell: Audit = (told) => isSent && audit(told)
  return tellDoubt(tell, act, async () => {
    const isChanged = await changeNode(docker, { ...options, change: changeAndNote })
    if (isChanged) audit(act)
    return isChanged
  })
}

/** Makes a change, and tells of it if its answer was lost: the Engine may have made it. */
export const tellDoubt = async <T>(
  audit: Audit,
  act: Act,
  change: () => Promise<T>,
): Promise<T> => {
  try {
    return await change()
  } catch (error) {
    if (mayBeDone(error)) audit(inDoubt(act, error))
    throw error
  }
}

/** The act, if nobody can say whether the Engine has carried it out. */
export const inDoubt = (act: Act, error: unknown): Act => unfinished(act, 'unknown', error)

const unfinished = (act: Act, outcome: string, error: unknown): Act => {
  const words = error instanceof Error ? error.message : String(error)
  return { ...act, outcome, reason: act.reason ? `${act.reason}; ${words}` : words }
}
