import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

const programs = [
  'dockerd',
  'containerd',
  'runc',
  'nsenter',
  'unshare',
  'ip',
  'busybox',
  'iptables',
]
const directories = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Why this machine can't run Docker Engines of the lab, in one sentence, or undefined if it can. */
export function canRunEngines(): string | undefined {
  if (process.platform !== 'linux') return 'Docker Engines run on Linux only'
  if (process.getuid?.() !== 0)
    return 'only root may make the namespaces that Docker Engines run in'
  const missing = programs.filter((program) => !isInstalled(program))
  if (missing.length > 0) {
    return `not installed: ${missing.join(', ')} (apt-get install docker.io busybox-static iproute2)`
  }
  return undefined
}

function isInstalled(program: string): boolean {
  return directories.some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
