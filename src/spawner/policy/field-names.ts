import { CONTAINER_SPEC } from '../settings/container-spec.ts'
import type { Spellings } from '../settings/entries.ts'

/** The fields of a ContainerSpec that have rules of their own. */
const RULED = ['Image', 'Env', 'Labels', 'Mounts', 'Secrets', 'Configs', 'CapabilityAdd']

/** Fields outside of the container: the Engine's names, with the names of our settings. */
const OTHERS: Spellings = {
  RestartPolicy: ['restart_policy'],
  LogDriver: ['log_driver'],
  DriverOpts: ['driver_opts'],
  EndpointSpec: ['endpoint'],
  Platforms: ['platforms'],
  MaxReplicas: ['max_replicas'],
  MemorySwappiness: ['memory_swappiness'],
}

const FIELDS = Object.entries({ ...CONTAINER_SPEC, ...OTHERS }).filter(
  ([field]) => !RULED.includes(field),
)

/** All names by which a policy may list a field. */
export const FIELD_NAMES: readonly string[] = FIELDS.flatMap(([field, others]) => [
  field,
  ...others,
])

/** Returns whether a name in a policy means this field of the Engine. */
export const meansField = (name: string, field: string): boolean =>
  FIELDS.some(([known, others]) => known === field && [known, ...others].includes(name))
