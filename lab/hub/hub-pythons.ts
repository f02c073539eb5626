import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { labCache } from '../engine/engine-lab.ts'
import { hubVersions } from '../engine/hub-versions.ts'
import { projectRoot } from '../project-root.ts'

/** A Python with a JupyterHub, for hub/tests. */
export type HubPython = {
  /** The name in `hub/tests on JupyterHub 6.1`. */
  name: string
  /** The command that runs it; arguments follow. It makes the virtual environment if that is missing. */
  command: readonly [string, ...string[]]
}

/** The Pythons for hub/tests, or why there are none. */
export type HubPythons = { pythons: readonly HubPython[] } | { reason: string }

/** The Python of Debian 12, because the pins name wheels for its version. */
const PYTHON = '/usr/bin/python3'
const VERSION = '3.11'

/**
 * One Python for each JupyterHub in hub-versions.ts, or only the one in SWARMSPAWNER_PYTHON, which must have a
 * JupyterHub.
 */
export const hubPythons = (): HubPythons => {
  const named = process.env['SWARMSPAWNER_PYTHON']
  if (named) return only(named)
  const needed = `import pip, sys, venv; sys.exit(sys.version_info[:2] != (${VERSION.replace('.', ', ')}))`
  if (spawnSync(PYTHON, ['-c', needed]).status !== 0)
    return {
      reason: `${PYTHON} is not Python ${VERSION} with pip (apt-get install --no-install-recommends python3-pip on Debian 12); or let SWARMSPAWNER_PYTHON name a Python with JupyterHub`,
    }
  return {
    pythons: hubVersions.map(({ series }) =>
      hubPythonNamed(series, `hub/tests on JupyterHub ${series}`),
    ),
  }
}

/** The Python of a series, which has a file of pins. */
export const hubPythonNamed = (series: string, name: string): HubPython => ({
  name,
  command: [join(projectRoot, 'lab/engine/hub-venv.sh'), series, labCache, PYTHON],
})

const only = (python: string): HubPythons =>
  spawnSync(python, ['-c', 'import jupyterhub']).status === 0
    ? { pythons: [{ name: `hub/tests on ${python}`, command: [python] }] }
    : { reason: `SWARMSPAWNER_PYTHON is ${python}, which has no JupyterHub` }
