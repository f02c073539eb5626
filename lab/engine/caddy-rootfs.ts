import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { labCache } from './engine-lab.ts'

/** Returns a tar file with a root file system in which Debian's Caddy runs. */
export const caddyRootfs = async (): Promise<string> => {
  const script = join(import.meta.dirname, 'caddy-rootfs.sh')
  const { stdout } = await promisify(execFile)(script, [labCache])
  return stdout.trim()
}
