import type { PullEnd } from '../../src/spawner/images/pull-ends.ts'
import type { SeenPull } from '../../src/spawner/images/seen-pulls.ts'
import { readReason } from '../../src/spawner/state/advice.ts'
import { createCounter } from './counter.ts'
import { createHistogram } from './histogram.ts'
import { knownHub } from './known-hub.ts'
import type { Family } from './open-metrics.ts'

/** Seconds of downloads: an image that is there takes one, and a large one over a slow line may take an hour. */
const PULL_BOUNDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600]

/**
 * Counts how downloads ahead of starts end, by what each look at the swarm shows anew. The first look shows what ended before, and
 * is not counted. It remembers the tasks of the last look, and no more.
 */
export const createPullMetrics = () => {
  const ends = createCounter(
    'swarmspawner_pull_ends',
    'Downloads ahead of starts that have ended on a node, by outcome. The code says why.',
  )
  const seconds = createHistogram(
    'swarmspawner_pull_seconds',
    'Seconds of downloads ahead of starts that succeeded, on each node.',
    PULL_BOUNDS,
  )
  let known: ReadonlySet<string> | undefined
  return {
    see: (seen: readonly PullEnd[], hubs: readonly string[]): void => {
      const former = known
      known = new Set(seen.map(({ taskId }) => taskId))
      // A counter that begins at 0 shows its first increase.
      if (!former) for (const hub of hubs) ends.add({ hub, outcome: 'there', code: '' }, 0)
      for (const { taskId, outcome, reason, ...end } of former ? seen : []) {
        if (former?.has(taskId)) continue
        const hub = knownHub(end.hub, hubs)
        ends.add({ hub, outcome, code: outcome === 'there' ? '' : readReason(reason ?? '').kind })
        if (outcome === 'there') seconds.observe({ hub }, end.seconds)
      }
    },
    families: (): Family[] => [ends.family(), seconds.family()],
  }
}

/** What the swarm has of the images that are due: on how many nodes each is there, on how many not. */
export const pullGauge = (pulls: readonly SeenPull[], hubs: readonly string[]): Family => ({
  name: 'swarmspawner_pull_nodes',
  type: 'gauge',
  help: 'Images that are due, once for each node that gets them, by what is known of the image there.',
  samples: pulls.flatMap(({ hub, nodes }) =>
    Object.entries(nodes).map(([state, value]) => ({
      labels: { hub: knownHub(hub, hubs), state },
      value,
    })),
  ),
})
