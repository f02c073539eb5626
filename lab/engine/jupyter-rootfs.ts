import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { labCache } from './engine-lab.ts'
import type { hubVersions } from './hub-versions.ts'

/**
 * The JupyterHubs that root file systems are made of. 3.0 with Notebook 6 and 5.2 with JupyterLab 4 are Debian's packages;
 * 5.5 with pycurl, and 6.1, are PyPI's wheels with JupyterLab 4.6.
 */
export type Release = Extract<(typeof hubVersions)[number], { image: unknown }>['series']

/**
 * Answers a tar file with the root file system of a hub and a single-user server. Takes 25 s, and no time once it is in
 * the lab's cache; its name changes with the recipe. Needs root, for chroot, and for 5.5 and 6.1 pip and PyPI.
 */
export async function jupyterRootfs(release: Release): Promise<string> {
  const script = join(import.meta.dirname, 'jupyter-rootfs.sh')
  const { stdout } = await promisify(execFile)(script, [release, labCache])
  return stdout.trim()
}

/** Whether this machine can make one that it has not made before. */
export function canMakeRootfs(): boolean {
  const needed = ['/usr/bin/apt-get', '/usr/share/keyrings/debian-archive-keyring.gpg']
  return process.getuid?.() === 0 && needed.every((file) => existsSync(file))
}
