import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { projectRoot } from '../../lab/project-root.ts'

/** Runs a Python script of this directory on hub/swarmspawner.py and returns what it prints: no parser of Python is here. */
export const readClass = (
  script: string,
  name: string,
  python = process.env['SWARMSPAWNER_PYTHON'] || 'python3',
): string => {
  const path = join(import.meta.dirname, script)
  const source = join(projectRoot, 'hub/swarmspawner.py')
  const { error, status, stdout, stderr } = spawnSync(python, [path, source, name], {
    encoding: 'utf8',
  })
  if (error)
    throw new Error(
      `docs/reference/settings.md is read from hub/swarmspawner.py by ${python}, which does not run (${error.message}): apt-get install python3, or name another with SWARMSPAWNER_PYTHON`,
    )
  if (status !== 0) throw new Error(`${path}: ${stderr}`)
  return stdout
}
