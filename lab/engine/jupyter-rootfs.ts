import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { labCache } from './engine-lab.ts'
import type { hubVersions } from './hub-versions.ts'

/**
 * The JupyterHub versions that root file systems are made from. 3.0 with Notebook 6 and 5.2 with JupyterLab 4
 * are Debian's packages; 5.5 with pycurl, and 6.1, are PyPI's wheels with JupyterLab 4.6.
 */
export type Release = Extract<(typeof hubVersions)[number], { image: unknown }>['series']

/**
 * Returns a tar file with the root file system of a hub and a single-user server. It takes 25 s, or no time if
 * it is in the lab's cache; its name changes with the recipe. It needs root for chroot, and for 5.5 and 6.1
 * also pip and PyPI.
 */
export async function jupyterRootfs(release: Release): Promise<string> {
  const script = join(import.meta.dirname, 'jupyter-rootfs.sh')
  const { stdout } = await promisify(execFile)(script, [release, labCache])
  return stdout.trim()
}

/** Whether this machine can make a new one. */
export function canMakeRootfs(): boolean {
  const needed = ['/usr/bin/apt-get', '/usr/share/keyrings/debian-archive-keyring.gpg']
  return process.getuid?.() === 0 && needed.every((file) => existsSync(file))
}
