import { place } from './placement.ts'
import type { Swarm } from './swarm.ts'

/** Gives nodes to the tasks that wait for room, the oldest first, as soon as there is some. */
export const placeWaiting = (swarm: Swarm): void => {
  for (const run of swarm.runs) {
    if (run.room?.placedAt !== Infinity || run.stop) continue
    const { fitting, err } = place(swarm, run.template)
    const node = fitting[run.number % fitting.length]
    run.room = { err, placedAt: node ? swarm.clock().now : Infinity }
    run.nodeId = node?.ID ?? ''
  }
}
