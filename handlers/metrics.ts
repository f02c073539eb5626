import * as v from 'valibot'
import { admit } from './caller/admit.ts'
import type { Dependencies } from './dependencies.ts'
import { problemOf } from './errors.ts'
import { CONTENT_TYPE, type Family, writeOpenMetrics } from './metrics/open-metrics.ts'
import { pullGauge } from './metrics/pull-metrics.ts'
import { swarmGauges } from './metrics/swarm-gauges.ts'
import { adminPage } from './route.ts'

/**
 * `GET /metrics`: answers in OpenMetrics what this copy has done since its start, and what the swarm has now. It costs
 * the Engine two calls, however many servers there are. If the Engine cannot be asked, `swarmspawner_engine_up` is 0.
 */
const showMetrics = (deps: Dependencies) => async () => {
  const seen = await lookAtSwarm(deps)
  const own = deps.metrics?.families() ?? []
  const headers = { 'content-type': CONTENT_TYPE }
  return new Response(writeOpenMetrics([...own, ...seen]), { headers })
}

const lookAtSwarm = async ({ spawner, metrics, ...deps }: Dependencies): Promise<Family[]> => {
  const hubs = deps.hubs.map(({ hub }) => hub)
  const known = { hubs, nowMs: spawner.now() }
  try {
    const seen = await spawner.lookAround()
    metrics?.sawPullEnds(seen.pullEnds, hubs)
    return [engineUp(1), ...swarmGauges(seen, known), pullGauge(seen.pulls, hubs)]
  } catch (error) {
    const { code, detail } = problemOf(error)
    deps.log({
      level: 'warn',
      message: 'GET /metrics: the Engine could not be asked',
      code,
      detail,
    })
    return [engineUp(0)]
  }
}

const engineUp = (value: 0 | 1): Family => ({
  name: 'swarmspawner_engine_up',
  type: 'gauge',
  help: 'Whether the Docker Engine could be asked for its nodes and tasks.',
  samples: [{ labels: {}, value }],
})

/** The route, for the app and for a single function. */
export const metricsRoute = adminPage('/metrics', v.object({}), showMetrics, (deps) =>
  admit(deps, [deps.metricsToken]),
)
