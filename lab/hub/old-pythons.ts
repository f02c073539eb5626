import { oldSpawners } from '../engine/old-spawners.ts'
import { type HubPython, hubPythonNamed, hubPythons } from './hub-pythons.ts'

/** The JupyterHub whose Python has our class, in hub/tests/moving. */
const OURS = '5.5'

/** The Pythons for hub/tests/moving, or why there are none. */
export type OldPythons = { ours: HubPython; old: readonly HubPython[] } | { reason: string }

/** The Python of our class for hub/tests/moving, and those of the spawners that a hub may come from. */
export const oldPythons = (): OldPythons => {
  const found = hubPythons()
  if ('reason' in found) return found
  if (process.env['SWARMSPAWNER_PYTHON'])
    return { reason: 'they need virtual environments of their own; unset SWARMSPAWNER_PYTHON' }
  return {
    ours: hubPythonNamed(OURS, `JupyterHub ${OURS}`),
    old: oldSpawners.map(({ series, packages }) => hubPythonNamed(series, packages.join(', '))),
  }
}
