import { jupyterRootfs, type Release } from './jupyter-rootfs.ts'
import { keepImage } from './keep-image.ts'
import type { KeptImage } from './lay-images.ts'

/** What an image of these root file systems is imported with. */
export const JUPYTER_CHANGES = [
  'ENV LANG=C.UTF-8',
  'ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
] as const

/** A kept image of a hub and a single-user server, for `startEngine`. Empty where images cannot be kept. */
export const keptJupyter = async (
  release: Release,
  namesOf: (rootfs: string) => readonly string[],
): Promise<KeptImage[]> => {
  const rootfs = await jupyterRootfs(release)
  const directory = await keepImage(rootfs, JUPYTER_CHANGES)
  return directory === undefined ? [] : [{ directory, names: namesOf(rootfs) }]
}
