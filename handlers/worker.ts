import { createApp } from './app.ts'
import { edgeFetch } from './edge/edge.ts'
import { edgeScheduled } from './edge/edge-gc.ts'

/** The entry for workerd: the whole service and, at the times in wrangler.toml, gc. */
export default { fetch: edgeFetch(createApp), scheduled: edgeScheduled }
