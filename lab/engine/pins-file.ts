import { join } from 'node:path'

/**
 * The file with versions and hashes of a JupyterHub's Python packages, for hub/tests or for an image with
 * JupyterLab.
 */
export const pinsFile = (series: string, of: 'hub' | 'image'): string =>
  join(import.meta.dirname, 'pins', `${of}-${series}.txt`)
