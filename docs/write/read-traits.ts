import * as v from 'valibot'
import { readClass } from './read-class.ts'

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

/** Reads the settings of hub/swarmspawner.py; needs no JupyterHub. */
export const readTraits = (python?: string): v.InferOutput<typeof Traits> =>
  v.parse(
    v.pipe(v.string(), v.parseJson(), Traits),
    readClass('read_traits.py', 'SwarmSpawner', python),
  )
