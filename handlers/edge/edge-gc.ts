import { collectGarbage } from '../gc.ts'
import { maintain } from '../maintain.ts'
import { pullDue } from '../pull-due.ts'
import { readGcSettings } from '../settings/gc-settings.ts'
import { readPullEvery } from '../settings/pull-settings.ts'
import { readSettings } from '../settings/service-settings.ts'
import { edgeSpawner, log, readEdge } from './edge.ts'

/**
 * Drains nodes whose maintenance is due, collects leftovers once if `SWARMSPAWNER_GC` is set, and then looks at the images that
 * are due. The platform's clock calls it.
 */
export const edgeScheduled = async (_event: unknown, bindings: unknown): Promise<void> => {
  const edge = readEdge(bindings)
  const gc = readGcSettings(edge.env, { fetch: (url, init) => fetch(url, init) })
  const isPulling = readPullEvery(edge.env) !== undefined
  const hubs = readSettings(edge.env).hubs.map(({ hub }) => hub)
  const { signal } = new AbortController()
  const deps = { spawner: edgeSpawner(edge), hubs, log, signal }
  await maintain(deps)
  if (gc.action !== undefined) await collectGarbage({ ...deps, gc })
  if (isPulling) await pullDue(deps)
}
