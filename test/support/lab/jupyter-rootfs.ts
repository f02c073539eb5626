import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { labCache } from './engine-lab.ts'

/** bookworm has JupyterHub 3.0 and Notebook 6, trixie JupyterHub 5.2 and JupyterLab 4. */
export type Release = 'bookworm' | 'trixie'

/**
 * Answers a tar file with the root file system of a hub and a single-user server, of Debian packages. Takes 25 s, and
 * no time once it is in the lab's cache; its name changes with the recipe. Needs root, for chroot. More packages make
 * it another one.
 */
export async function jupyterRootfs(
  release: Release,
  packages: readonly string[] = [],
): Promise<string> {
  const script = join(import.meta.dirname, 'jupyter-rootfs.sh')
  const { stdout } = await promisify(execFile)(script, [release, labCache, ...packages])
  return stdout.trim()
}

/** Whether this machine can make one that it has not made before. */
export function canMakeRootfs(): boolean {
  const needed = ['/usr/bin/apt-get', '/usr/share/keyrings/debian-archive-keyring.gpg']
  return process.getuid?.() === 0 && needed.every((file) => existsSync(file))
}
