import type { Docker } from '../../docker/docker.ts'
import { listHeldResources } from '../../docker/held-resources.ts'
import { listNodes, type Node } from '../../docker/nodes.ts'
import { keepAnswers } from '../engine/keep-answers.ts'
import { isOurLabel } from '../server/labels.ts'
import { type HeldRoom, sortHeld } from './held-room.ts'

/** One look at the nodes and at what tasks hold of them, shared by all who ask within a second. Throws DockerErrors. */
export type SwarmLook = {
  nodes: () => Promise<readonly Node[]>
  held: () => Promise<HeldRoom>
}

/** 500 ms: people wait for a page that shows what fits. */
export const LOOK_PATIENCE_MS = 500
/** 1 s: pages that open together share a look, and a page that is opened again sees what has changed. */
const KEPT_MS = 1000
/** 5 s: nobody waits as long, but the next who asks finds the answer. */
const TIMEOUT_MS = 5000

/** Makes a SwarmLook. A swarm whose lists take long is looked at less often: at most a tenth of the time goes into it. */
export const createSwarmLook = (docker: Docker, now: () => number): SwarmLook => {
  const options = { timeoutMs: TIMEOUT_MS }
  const nodes = keepAnswers(() => listNodes(docker, options), now, KEPT_MS)
  const held = keepAnswers(
    async () => sortHeld(await listHeldResources(docker, { ...options, keepsLabel: isOurLabel })),
    now,
    KEPT_MS,
  )
  return { nodes: () => nodes(''), held: () => held('') }
}
