import type { Docker } from './docker.ts'
import { isDockerError } from './errors.ts'
import { watchEvents } from './events.ts'

/** The end of a container on the Engine's own node. */
export type ContainerEnd = { id: string; exitCode: number; atMs: number }

/** 1 s: this only explains, so nobody should wait for it. */
const TIMEOUT_MS = 1000

/**
 * `GET /events`: how the containers of a service ended between two moments, in RFC 3339. The Engine
 * remembers its last 256 events and only those of its own node, so some or all ends may be missing. Without an answer
 * there are none.
 */
export const containerEnds = async (
  docker: Docker,
  { serviceId, ...times }: { serviceId: string; since: string; until: string },
): Promise<ContainerEnd[]> => {
  const label = [`com.docker.swarm.service.id=${serviceId}`]
  const filters = { type: ['container'], event: ['die'], label }
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const [since, until] = [unixTime(times.since), unixTime(times.until)]
  const ends: ContainerEnd[] = []
  try {
    for await (const { Actor, timeNano } of watchEvents(docker, { filters, since, until, signal }))
      ends.push({
        id: Actor.ID,
        exitCode: Number(Actor.Attributes['exitCode']) || 0,
        atMs: timeNano / 1e6,
      })
  } catch (error) {
    if (!isDockerError(error) && !signal.aborted) throw error
  }
  return ends
}

/** Unix seconds with all digits of the fraction: `/events` reads nothing else, though the Engine writes RFC 3339. */
const unixTime = (time: string): string => {
  const digits = (/\.(\d+)/.exec(time)?.[1] ?? '').padEnd(9, '0')
  return `${Math.floor(Date.parse(time) / 1000)}.${digits}`
}
