import type { ServerEvent } from './events.ts'

type Waiting = { reason: string | null; events: readonly ServerEvent[] }

/** What a server that starts waits for: the reason of its state, else its latest event. */
export const waitedFor = ({ reason, events }: Waiting): string =>
  reason ?? events.at(-1)?.message ?? 'no task yet'
