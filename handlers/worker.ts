import { createApp } from './app.ts'
import { edgeFetch } from './edge/edge.ts'
import { edgeScheduled } from './edge/edge-gc.ts'

/** workerd's entry: the whole service, and at the times of wrangler.toml, what hubs have left behind. */
export default { fetch: edgeFetch(createApp), scheduled: edgeScheduled }
