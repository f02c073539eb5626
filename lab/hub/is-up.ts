import type { HubRecord } from './hub-record.ts'
import { processStart } from './process-start.ts'

/** Whether a hub can be taken down. A private Engine is gone when its keeper has ended. */
export const isUp = ({ place }: HubRecord): boolean =>
  place.kind === 'swarm' || processStart(place.pid) === place.startedAt
