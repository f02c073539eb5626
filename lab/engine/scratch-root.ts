import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'

const memory = '/dev/shm'
const plenty = 8e9

/**
 * A directory in memory if there is enough of it, otherwise the system's directory for temporary files. As
 * TMPDIR of a process that starts Engines it makes them faster: importing an image of 430 MB takes 6 s, and 25
 * s on a slow disk.
 */
export function scratchRoot(): string {
  if (process.platform !== 'linux' || process.availableMemory() < plenty) return tmpdir()
  const { type, bavail, bsize } = statfsSync(memory)
  const isTmpfs = type === 0x01021994
  return isTmpfs && bavail * bsize > plenty ? memory : tmpdir()
}
