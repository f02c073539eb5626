import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { askEngine } from '../../lab/engine/call-engine.ts'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import { containersOf } from '../../lab/hub/hub-containers.ts'
import { serviceNames } from '../../lab/hub/stack-names.ts'
import type { Contender } from './contender.ts'

/** Four times the longest pause between two health checks. */
const WATCH_MS = 100_000

const Stats = v.object({
  cpu_stats: v.object({ cpu_usage: v.object({ total_usage: v.number() }) }),
})

/** Percent of a core that one container of each service takes. */
export type IdleCpu = Readonly<Record<keyof ReturnType<typeof serviceNames>, number>>

/** Measures the CPU time of a hub, its proxy and its service while nobody asks anything, with their health checks. */
export const idleCpu = async ({ hub }: Contender, engine: RealEngine): Promise<IdleCpu> => {
  const { hub: hubName, proxy, swarmspawner } = serviceNames(hub.stack)
  const containers = await Promise.all(
    [hubName, proxy, swarmspawner].map(async (name) => (await containersOf(hub.docker, name))[0]),
  )
  const read = () => Promise.all(containers.map((id = '') => cpuMs(engine, id)))
  const [begun, before] = [performance.now(), await read()]
  await sleep(WATCH_MS)
  const [after, watchedMs] = [await read(), performance.now() - begun]
  const [ofHub = 0, ofProxy = 0, ofService = 0] = after.map(
    (ms, index) => (100 * (ms - (before[index] ?? 0))) / watchedMs,
  )
  return { hub: ofHub, proxy: ofProxy, swarmspawner: ofService }
}

/** What the kernel counts for the group of a container, with everything that was ever started in it. */
const cpuMs = async ({ socketPath }: RealEngine, id: string): Promise<number> => {
  const path = `/containers/${id}/stats?stream=false&one-shot=true`
  const stats = v.parse(Stats, await askEngine(socketPath, { method: 'GET', path }))
  return stats.cpu_stats.cpu_usage.total_usage / 1e6
}
