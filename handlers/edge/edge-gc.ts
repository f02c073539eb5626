import { collectGarbage } from '../gc.ts'
import { readGcSettings } from '../settings/gc-settings.ts'
import { readSettings } from '../settings/service-settings.ts'
import { edgeSpawner, log, readEdge } from './edge.ts'

/** Collects leftovers once. The platform's clock calls it. It does nothing unless `SWARMSPAWNER_GC` is set. */
export const edgeScheduled = async (_event: unknown, bindings: unknown): Promise<void> => {
  const edge = readEdge(bindings)
  const gc = readGcSettings(edge.env, { fetch: (url, init) => fetch(url, init) })
  if (gc.action === undefined) return
  const hubs = readSettings(edge.env).hubs.map(({ hub }) => hub)
  const { signal } = new AbortController()
  await collectGarbage({ spawner: edgeSpawner(edge), hubs, gc, log, signal })
}
