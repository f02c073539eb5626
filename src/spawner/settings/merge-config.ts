import type { Issue } from '../errors.ts'
import { assembleSpec, lastWins, type NameOf, refusedSpec } from './assemble-spec.ts'
import { readContainerField, readContainerSpec, readLabelEntries } from './container-spec.ts'
import {
  CONTAINER,
  type Entry,
  invalid,
  isEmpty,
  readFields,
  type Spellings,
  spellingOf,
} from './entries.ts'
import { readEnvironment } from './environment.ts'
import type { HubConfig } from './hub-config.ts'
import { readDriver } from './mounts.ts'
import { readNetworks } from './networks.ts'
import type { Placeholders } from './placeholders.ts'
import { readPlacement } from './placement.ts'
import { type Profile, type ProfileStep, profileSteps } from './profile.ts'
import { layEntriesOf, withMountList } from './profile-layer.ts'
import { readPullPolicy } from './pull-policy.ts'
import { type Readings, readEach, tryEach } from './read-each.ts'
import { readHubResources, readResources } from './resources.ts'
import { readRestartPolicy } from './restart-policy.ts'
import { takenAway } from './taken-away.ts'
import type { Context } from './template.ts'

/**
 * The defaults: no restart, no virtual IP, an init process, and ten seconds to stop (Docker's own grace
 * period).
 */
const DEFAULTS: readonly Entry[] = [
  { path: ['Mode', 'Replicated', 'Replicas'], value: 1, from: 'default' },
  { path: ['EndpointSpec', 'Mode'], value: 'dnsrr', from: 'default' },
  { path: ['TaskTemplate', 'RestartPolicy', 'Condition'], value: 'none', from: 'default' },
  { path: [...CONTAINER, 'Init'], value: true, from: 'default' },
  { path: [...CONTAINER, 'StopGracePeriod'], value: 10e9, from: 'default' },
]

/** Reads one setting into entries of the spec. */
type ReadSetting = (value: unknown, context: Context, at: string) => Entry[]

const container =
  (field: string): ReadSetting =>
  (value, context, at) =>
    readContainerField(field, value, context, at)

/**
 * The top-level settings, in the order in which they are applied. The flat settings come last and win over
 * container_spec.
 */
const SETTINGS: Readonly<Record<string, ReadSetting>> = {
  service_image: container('Image'),
  pull_policy: (value, { author }, at) =>
    author === 'user' && isEmpty(value) ? [] : readPullPolicy(value, at),
  environment: container('Env'),
  container_spec: readContainerSpec,
  mounts: container('Mounts'),
  init: container('Init'),
  stop_grace_period: container('StopGracePeriod'),
  healthcheck: container('Healthcheck'),
  resource_spec: (value, _, at) => readResources(value, at),
  placement: (value, _, at) => readPlacement(value, at),
  networks: (value, context, at) => [readNetworks(value, context, at)],
  labels: (value, context, at) => readLabelEntries(['Labels'], value, context, at),
  endpoint: (value, _, at) => [{ path: ['EndpointSpec', 'Mode'], value, from: at }],
  restart_policy: (value, _, at) => readRestartPolicy(value, at),
  log_driver: (value, _, at) => [
    { path: ['TaskTemplate', 'LogDriver'], value: readDriver(value, at), from: at },
  ],
  notebook_dir: (value, { author }, at) =>
    readEnvironment({ NOTEBOOK_DIR: value }, at, { asText: author === 'user' }).map((entry) => ({
      ...entry,
      from: at,
    })),
}

/** The settings that a profile may change, beside those that the hub reads itself, such as `default_url`. */
export const OVERRIDE: Spellings = {
  service_image: ['image'],
  pull_policy: [],
  environment: ['env'],
  container_spec: [],
  cmd: [],
  mounts: [],
  init: [],
  stop_grace_period: [],
  healthcheck: [],
  resource_spec: [],
  generic_resources: [],
  cpu_limit: [],
  cpu_guarantee: [],
  mem_limit: [],
  mem_guarantee: [],
  placement: [],
  networks: [],
  labels: [],
  endpoint: [],
  restart_policy: [],
  log_driver: [],
}

/**
 * What a user may set: the nested form of the old README, the flat form, and `image` alone as in other
 * spawners.
 */
export const USER_OPTIONS: Spellings = {
  container_spec: [],
  mounts: [],
  resource_spec: [],
  placement: [],
  networks: ['network'],
  service_image: ['image', 'Image'],
  pull_policy: [],
  name: [],
}

/** The entries of a spec, by author. Later entries win, within a layer and from one layer to the next. */
export type Layers = {
  defaults: readonly Entry[]
  /** The hub's own traits and its settings, and over them the profile's. */
  admin: readonly Entry[]
  /** The user's options, if the hub allows them. */
  user: readonly Entry[]
}

/**
 * Reads settings and options, and throws all that is refused of them at once. `planSpec` then adds what only the hub may
 * set: its environment and our labels.
 */
export const mergeConfig = (
  config: HubConfig,
  userOptions: unknown,
  placeholders: Placeholders,
  { nameOf, profile }: { nameOf?: NameOf; profile?: Profile | null | undefined } = {},
): Layers => {
  const isOptional = config.use_user_options || config.use_user_option
  const hub = tryEach([config], (one) => readHubResources(one))
  const settings = readSettings({ ...config }, { placeholders, author: 'admin' })
  const options = tryEach(isOptional ? [userOptions] : [], (one) =>
    readUserOptions(one, placeholders),
  )
  const steps = tryEach(profileSteps(profile), (step) => readOverride(step, placeholders))
  const admin = steps.results.reduce<Entry[]>(
    (below, lay) => lay(below),
    [...hub.results.flat(), ...settings.results.flat()],
  )
  const read = options.results.flatMap(({ results }) => results.flat())
  const user = read.filter((entry) => !saysNothing(entry))
  const refused = [hub, settings, steps, options, ...options.results].flatMap(
    ({ issues }) => issues,
  )
  if (refused.length === 0) return { defaults: DEFAULTS, admin, user }
  throw refusedSpec([...refused, ...misfits([...STAND_INS, ...admin, ...user], nameOf)])
}

/** What a spec needs, and could be in a setting that can't be read. */
const STAND_INS: readonly Entry[] = [
  { path: ['Name'], value: '-', from: 'hub' },
  { path: [...CONTAINER, 'Image'], value: '-', from: 'service_image' },
]

/** What does not fit into a spec. */
const misfits = (entries: readonly Entry[], nameOf?: NameOf): readonly Issue[] =>
  tryEach([lastWins(entries)], (all) => assembleSpec(all, nameOf)).issues

/**
 * The old README's template has empty values for settings that a user does not change. They must not remove the
 * hub's values.
 */
const saysNothing = ({ path, value }: Entry): boolean =>
  !path.includes('Env') && !path.includes('Labels') && isEmpty(value)

const readSettings = (
  settings: Record<string, unknown>,
  context: Context,
  writtenAs = (name: string): string => name,
): Readings<Entry[]> =>
  tryEach(Object.entries(SETTINGS), ([name, read]) => {
    const value = settings[name]
    return value === undefined || value === null ? [] : read(value, context, writtenAs(name))
  })

const settingsOf = (
  settings: Record<string, unknown>,
  context: Context,
  named: (name: string) => string,
): Entry[] => {
  const { results, issues } = readSettings(settings, context, named)
  if (issues.length > 0) throw refusedSpec(issues)
  return results.flat()
}

/** Reads one part of a profile. Returns a function that lays it over the entries below it. */
const readOverride = (
  { label, override, isImageTyped }: ProfileStep,
  placeholders: Placeholders,
): ((below: readonly Entry[]) => Entry[]) => {
  const context: Context = { placeholders, author: 'admin' }
  const fields = readFields(withMountList(override, label), OVERRIDE, label)
  const named = (field: string): string => `${label}.${spellingOf(override, OVERRIDE, field)}`
  const { generic_resources, cmd, ...settings } = fields
  const own = readEach(
    [
      () => readHubResources(settings, named),
      () => settingsOf(settings, context, named),
      () => (generic_resources === undefined ? [] : readResources({ generic_resources }, label)),
      () => (cmd === undefined ? [] : readContainerField('Args', cmd, context, named('cmd'))),
    ],
    (read) => read(),
  ).flat()
  const gone = takenAway(override, context)
  const marked = own
    .filter(({ value }) => value !== null)
    .map((entry) =>
      isImageTyped && entry.path.at(-1) === 'Image' ? { ...entry, isTyped: true } : entry,
    )
  return (below) => layEntriesOf(below, marked, gone)
}

const readUserOptions = (options: unknown, placeholders: Placeholders): Readings<Entry[]> => {
  const fields = readFields(options ?? {}, USER_OPTIONS, 'user_options')
  const { name, ...settings } = fields
  if (name)
    throw invalid(
      'user_options.name',
      "can't be chosen: the service's name is made from the hub's server name",
    )
  return readSettings(
    settings,
    { placeholders, author: 'user' },
    (field) => `user_options.${spellingOf(options, USER_OPTIONS, field)}`,
  )
}
