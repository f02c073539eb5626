import { readFileSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { type OwnContainer, readContainerIds } from './own-container.ts'

/**
 * Finds the container of this process. It reads the files once, because a process never changes its container.
 */
export const findOwnContainer = (): OwnContainer => ({
  ids: readContainerIds({
    mountinfo: read('/proc/self/mountinfo'),
    cgroup: read('/proc/self/cgroup'),
    hostname: hostname(),
  }),
  interfaces: () => JSON.stringify(networkInterfaces()),
})

/** Systems without /proc have no containers either. */
const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
