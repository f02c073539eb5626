import { containersOf } from '../../lab/hub/hub-containers.ts'
import type { Hub } from '../../lab/hub/start-hub.ts'

/** Linux counts a process's time in hundredths of a second. */
const MS_PER_TICK = 10

/** The CPU time that a hub and its proxy have taken since they were started. */
export const hubCpuMs = async ({ docker, hubServiceName }: Hub): Promise<number> => {
  const [container = ''] = await containersOf(docker, hubServiceName)
  const stats = await docker(['exec', container, 'sh', '-c', 'cat /proc/[0-9]*/stat; true'])
  return stats.split('\n').reduce((sum, stat) => sum + ticks(stat) * MS_PER_TICK, 0)
}

const ticks = (stat: string): number => {
  // The name in parentheses may have spaces; utime and stime are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}
