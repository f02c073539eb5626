import type { HubRecord } from './hub-record.ts'
import { processStart } from './process-start.ts'

/** Whether there is something of a hub to take down; a private Engine is gone with its keeper. */
export const isUp = ({ place }: HubRecord): boolean =>
  place.kind === 'swarm' || processStart(place.pid) === place.startedAt
