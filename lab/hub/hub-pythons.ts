import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { labCache } from '../engine/engine-lab.ts'
import { hubVersions } from '../engine/hub-versions.ts'
import { projectRoot } from '../project-root.ts'

/** A Python with a JupyterHub, which hub/tests run on. */
type HubPython = {
  /** As in `hub/tests on JupyterHub 6.1`. */
  name: string
  /** Runs it, with the arguments that follow; makes its virtual environment where that is missing. */
  command: readonly [string, ...string[]]
}

/** The Pythons that hub/tests run on, or why there are none. */
type HubPythons = { pythons: readonly HubPython[] } | { reason: string }

/** Debian 12's: the pins name wheels for its version. */
const PYTHON = '/usr/bin/python3'
const VERSION = '3.11'

/** One Python for each JupyterHub of hub-versions.ts; or the one that SWARMSPAWNER_PYTHON names, which has a JupyterHub. */
export const hubPythons = (): HubPythons => {
  const named = process.env['SWARMSPAWNER_PYTHON']
  if (named) return only(named)
  const needed = `import pip, sys, venv; sys.exit(sys.version_info[:2] != (${VERSION.replace('.', ', ')}))`
  if (spawnSync(PYTHON, ['-c', needed]).status !== 0)
    return {
      reason: `${PYTHON} is not Python ${VERSION} with pip (apt-get install --no-install-recommends python3-pip on Debian 12); or let SWARMSPAWNER_PYTHON name a Python with JupyterHub`,
    }
  const script = join(projectRoot, 'lab/engine/hub-venv.sh')
  return {
    pythons: hubVersions.map(({ series }) => ({
      name: `hub/tests on JupyterHub ${series}`,
      command: [script, series, labCache, PYTHON],
    })),
  }
}

const only = (python: string): HubPythons =>
  spawnSync(python, ['-c', 'import jupyterhub']).status === 0
    ? { pythons: [{ name: `hub/tests on ${python}`, command: [python] }] }
    : { reason: `SWARMSPAWNER_PYTHON is ${python}, which has no JupyterHub` }
