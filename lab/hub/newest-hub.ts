import { hubVersions } from '../engine/hub-versions.ts'
import { jupyterRootfs, type Release } from '../engine/jupyter-rootfs.ts'

/** The newest JupyterHub in the tests, which comes from PyPI, and the newest in Debian. */
const hubs = hubVersions.flatMap((hub) => ('image' in hub ? [hub] : []))
export const NEWEST: Release = hubs.at(-1)?.series ?? '6.1'
export const NEWEST_OF_DEBIAN: Release =
  hubs.findLast(({ image }) => 'debian' in image)?.series ?? '5.2'

/**
 * Returns the newest JupyterHub for which this machine can make an image. Says so if it is not the newest of
 * all.
 */
export const newestHub = async (
  say: (sentence: string) => void,
  make: (release: Release) => Promise<unknown> = jupyterRootfs,
): Promise<Release> => {
  try {
    await make(NEWEST)
    return NEWEST
  } catch (error) {
    const why = lastLine(error)
    say(
      `Using Debian's JupyterHub ${NEWEST_OF_DEBIAN}, because ${NEWEST} cannot be made here: ${why}`,
    )
    return NEWEST_OF_DEBIAN
  }
}

/** The last line of an error. The script that makes images ends with a sentence about the problem. */
const lastLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .trim()
    .split('\n')
    .at(-1) ?? ''
