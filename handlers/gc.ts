import { HubApiError } from '../src/hub-api/errors.ts'
import { clearLeftovers, findLeftovers } from '../src/spawner/gc.ts'
import { sleep } from '../src/spawner/sleep.ts'
import type { Spawner } from '../src/spawner/spawner.ts'
import { problemOf } from './errors.ts'
import type { Log } from './every-call/log.ts'
import type { ServiceMetrics } from './metrics/service-metrics.ts'
import type { GcSettings } from './settings/gc-settings.ts'
import type { Recent } from './status/recent.ts'

/** What a scheduled look for leftovers needs. */
export type GcDeps = {
  spawner: Spawner
  /** The hubs whose services are looked at. */
  hubs: readonly string[]
  gc: GcSettings
  log: Log
  metrics?: ServiceMetrics | undefined
  recent?: Recent | undefined
  signal: AbortSignal
}

/** 1 minute: when the whole stack starts, the hub needs a moment before it can be asked. */
const FIRST_AFTER_MS = 60_000

/** Collects leftovers every `everyMs` until the signal aborts. Several copies may do so at once. */
export const collectRepeatedly = async (deps: GcDeps, everyMs: number): Promise<void> => {
  await sleep(Math.min(everyMs, FIRST_AFTER_MS), deps.signal)
  while (!deps.signal.aborted) {
    await collectGarbage(deps)
    await sleep(everyMs, deps.signal)
  }
}

/**
 * Looks once for the leftovers of each hub, and removes them if the settings say so. Logs one line for each
 * leftover and one for all. Never throws: a hub that cannot be asked now is asked the next time.
 */
export const collectGarbage = async (deps: GcDeps): Promise<void> => {
  for (const hub of deps.hubs) {
    if (deps.signal.aborted) return
    await collectOfHub(deps, hub).catch((error: unknown) => {
      if (deps.signal.aborted) return
      deps.metrics?.collected(hub, undefined)
      deps.recent?.collected(hub, undefined)
      deps.log({ level: 'error', message: 'gc failed', hub, ...outcome(error) })
    })
  }
}

const collectOfHub = async (deps: GcDeps, hub: string) => {
  const { spawner, gc, log, metrics, recent, signal } = deps
  const options = { hub, hubApi: gc.hubApis.get(hub), olderThanMs: gc.olderThanMs, signal }
  const survey = await findLeftovers(spawner, options)
  const { services, isCompared, doubt, unread } = survey
  const isRemoving = gc.action === 'remove'
  const counts = { listed: 0, removed: 0, gone: 0, failed: 0 }
  for await (const cleared of clearLeftovers(spawner, survey, { isRemoving, signal })) {
    counts[cleared.outcome] += 1
    const level = cleared.outcome === 'failed' ? 'error' : 'info'
    log({ level, message: 'gc: leftover', hub, ...cleared })
  }
  metrics?.collected(hub, counts)
  recent?.collected(hub, counts)
  for (const detail of unread) log({ level: 'warn', message: 'gc: could not be read', hub, detail })
  if (doubt !== undefined) log({ level: 'warn', message: 'gc: nothing was removed', hub, doubt })
  log({ level: 'info', message: 'gc', hub, services, compared_with_hub: isCompared, ...counts })
}

const outcome = (error: unknown) => {
  if (error instanceof HubApiError) return { code: `hub_api_${error.code}`, detail: error.message }
  const { code, detail } = problemOf(error)
  return {
    code,
    detail,
    ...(code === 'internal' && error instanceof Error && { stack: error.stack }),
  }
}
