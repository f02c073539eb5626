import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as v from 'valibot'
import { projectRoot } from '../../lab/project-root.ts'

/** A setting of `c.SwarmSpawner`, read from its class. */
export const Trait = v.object({
  name: v.string(),
  /** The classes of traitlets; several for a Union. */
  types: v.array(v.string()),
  /** The values of an Enum. */
  values: v.nullable(v.array(v.string())),
  default: v.nullable(v.union([v.string(), v.number(), v.boolean()])),
  help: v.string(),
  /** Whether the service gets the value unchanged. */
  sent: v.boolean(),
})
export type Trait = v.InferOutput<typeof Trait>

const Traits = v.object({
  traits: v.array(Trait),
  /** JupyterHub's settings for which this class has another default. */
  defaults: v.array(v.string()),
})

/**
 * Reads the settings of hub/swarmspawner.py with a Python script, because we have no parser for Python here. It
 * needs no JupyterHub.
 */
export const readTraits = (
  python = process.env['SWARMSPAWNER_PYTHON'] || 'python3',
): v.InferOutput<typeof Traits> => {
  const script = join(import.meta.dirname, 'read_traits.py')
  const source = join(projectRoot, 'hub/swarmspawner.py')
  const { error, status, stdout, stderr } = spawnSync(python, [script, source, 'SwarmSpawner'], {
    encoding: 'utf8',
  })
  if (error)
    throw new Error(
      `docs/reference/settings.md is read from hub/swarmspawner.py by ${python}, which does not run (${error.message}): apt-get install python3, or name another with SWARMSPAWNER_PYTHON`,
    )
  if (status !== 0) throw new Error(`${script}: ${stderr}`)
  return v.parse(v.pipe(v.string(), v.parseJson(), Traits), stdout)
}
