import { spawnSync } from 'node:child_process'

/** A Python that has JupyterHub: the one named by SWARMSPAWNER_PYTHON, or else Debian's, or the first in PATH. */
export const findPython = (): string | undefined => {
  const named = process.env['SWARMSPAWNER_PYTHON']
  return (named ? [named] : ['/usr/bin/python3', 'python3']).find(
    (python) => spawnSync(python, ['-c', 'import jupyterhub']).status === 0,
  )
}
