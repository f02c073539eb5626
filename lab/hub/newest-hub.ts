import { hubVersions } from '../engine/hub-versions.ts'
import { jupyterRootfs, type Release } from '../engine/jupyter-rootfs.ts'

/** The newest JupyterHub of the gate, which is one of PyPI, and the newest that Debian has. */
const hubs = hubVersions.flatMap((hub) => ('image' in hub ? [hub] : []))
export const NEWEST: Release = hubs.at(-1)?.series ?? '6.1'
export const NEWEST_OF_DEBIAN: Release =
  hubs.findLast(({ image }) => 'debian' in image)?.series ?? '5.2'

/** Answers the newest JupyterHub that this machine can make an image of, and says so where it is not the newest of all. */
export const newestHub = async (
  say: (sentence: string) => void,
  make: (release: Release) => Promise<unknown> = jupyterRootfs,
): Promise<Release> => {
  try {
    await make(NEWEST)
    return NEWEST
  } catch (error) {
    const why = lastLine(error)
    say(`Taking Debian's JupyterHub ${NEWEST_OF_DEBIAN}, for ${NEWEST} cannot be made here: ${why}`)
    return NEWEST_OF_DEBIAN
  }
}

/** The script that makes images ends with a sentence that says what is wrong. */
const lastLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .trim()
    .split('\n')
    .at(-1) ?? ''
