import { CONTAINER_SPEC } from './container-spec.ts'
import { CONTAINER, type Spellings } from './entries.ts'
import { PLACEMENT } from './placement.ts'
import { PULL_POLICY } from './pull-policy.ts'
import { RESTART_POLICY } from './restart-policy.ts'
import { type Context, fill } from './template.ts'

/** What `null` takes away: the values at these paths and below them, and the mounts with these targets. */
export type TakenAway = { paths: readonly (readonly string[])[]; targets: readonly string[] }

/** Where a setting's value goes in the spec. `keyOf` is the place of one key of a dict. */
type Place = { path: readonly string[]; keyOf?: (key: string) => Place | undefined }

const at = (...path: string[]): Place => ({ path })
const inContainer = (field: string): Place => at(...CONTAINER, field)

const RESOURCES = ['TaskTemplate', 'Resources'] as const

const RESOURCE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  cpu_limit: ['Limits', 'NanoCPUs'],
  mem_limit: ['Limits', 'MemoryBytes'],
  cpu_reservation: ['Reservations', 'NanoCPUs'],
  mem_reservation: ['Reservations', 'MemoryBytes'],
  generic_resources: ['Reservations', 'GenericResources'],
  memory_swap: ['SwapBytes'],
  SwapBytes: ['SwapBytes'],
  memory_swappiness: ['MemorySwappiness'],
  MemorySwappiness: ['MemorySwappiness'],
  cpu_guarantee: ['Reservations', 'NanoCPUs'],
  mem_guarantee: ['Reservations', 'MemoryBytes'],
}

const ofResource = (field: string): Place => at(...RESOURCES, ...(RESOURCE_FIELDS[field] ?? []))

const resources: Place = {
  path: RESOURCES,
  keyOf: (key) =>
    Object.hasOwn(RESOURCE_FIELDS, key)
      ? ofResource(key)
      : { path: [...RESOURCES, key], keyOf: (field) => at(...RESOURCES, key, field) },
}

const spelled = (path: readonly string[], spellings: Spellings): Place => ({
  path,
  keyOf: (key) => {
    const field = Object.keys(spellings).find(
      (name) => name === key || spellings[name]?.includes(key),
    )
    return field === undefined ? undefined : at(...path, field)
  },
})

const placement = spelled(['TaskTemplate', 'Placement'], PLACEMENT)
const networks = at('TaskTemplate', 'Networks')
const mounts = inContainer('Mounts')

const env: Place = {
  path: [...CONTAINER, 'Env'],
  keyOf: (name) => at(...CONTAINER, 'Env', name),
}

/** The places of the settings of a profile. Labels may have placeholders in their names. */
const placesOf = ({ placeholders }: Context): Readonly<Record<string, Place>> => {
  const labels = (...path: string[]): Place => ({
    path,
    keyOf: (name) => at(...path, fill(name, placeholders, 'labels')),
  })
  const fields = spelled(CONTAINER, CONTAINER_SPEC)
  const nested: Readonly<Record<string, Place>> = {
    env,
    environment: env,
    Env: env,
    labels: labels(...CONTAINER, 'Labels'),
    Labels: labels(...CONTAINER, 'Labels'),
    resource_spec: resources,
    placement,
    networks,
    network: networks,
  }
  const flat = ['cpu_limit', 'mem_limit', 'cpu_guarantee', 'mem_guarantee', 'generic_resources']
  return {
    image: inContainer('Image'),
    service_image: inContainer('Image'),
    pull_policy: at(...PULL_POLICY),
    cmd: inContainer('Args'),
    env,
    environment: env,
    container_spec: {
      path: CONTAINER,
      keyOf: (key) => (Object.hasOwn(nested, key) ? nested[key] : fields.keyOf?.(key)),
    },
    mounts,
    init: inContainer('Init'),
    stop_grace_period: inContainer('StopGracePeriod'),
    healthcheck: inContainer('Healthcheck'),
    resource_spec: resources,
    ...Object.fromEntries(flat.map((name) => [name, ofResource(name)])),
    placement,
    networks,
    labels: labels('Labels'),
    endpoint: at('EndpointSpec', 'Mode'),
    restart_policy: spelled(['TaskTemplate', 'RestartPolicy'], RESTART_POLICY),
    log_driver: at('TaskTemplate', 'LogDriver'),
  }
}

/** Finds what the settings of a profile take away: a setting, a key of a dict, or a mount by its target, that is `null`. */
export const takenAway = (
  settings: Readonly<Record<string, unknown>>,
  context: Context,
): TakenAway => {
  const paths: (readonly string[])[] = []
  const targets: string[] = []
  const walk = (value: unknown, place: Place): void => {
    if (value === null) paths.push(place.path)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    for (const [key, item] of Object.entries(value)) {
      if (place.path.at(-1) === 'Mounts' && item === null) targets.push(key)
      const below = place.keyOf?.(key)
      if (below) walk(item, below)
    }
  }
  const places = placesOf(context)
  for (const [name, value] of Object.entries(settings)) {
    const place = Object.hasOwn(places, name) ? places[name] : undefined
    if (place) walk(value, place)
  }
  return { paths, targets }
}
