import type { Issue } from '../errors.ts'
import { assembleSpec, lastWins, type NameOf, refusedSpec } from './assemble-spec.ts'
import { readContainerField, readContainerSpec, readLabelEntries } from './container-spec.ts'
import { nanoseconds } from './durations.ts'
import {
  asObject,
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
import { type Readings, tryEach } from './read-each.ts'
import { readHubResources, readResources } from './resources.ts'
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

/** The Engine's fields of a RestartPolicy, each with docker-py's names for it. */
export const RESTART_POLICY: Spellings = {
  Condition: ['condition'],
  Delay: ['delay'],
  MaxAttempts: ['max_attempts'],
  Window: ['window'],
}

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
  name: [],
}

/** The entries of a spec, by author. Later entries win, within a layer and from one layer to the next. */
export type Layers = {
  defaults: readonly Entry[]
  /** The hub's own traits and its settings. */
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
  nameOf?: NameOf,
): Layers => {
  const isOptional = config.use_user_options || config.use_user_option
  const hub = tryEach([config], readHubResources)
  const settings = readSettings({ ...config }, { placeholders, author: 'admin' })
  const options = tryEach(isOptional ? [userOptions] : [], (one) =>
    readUserOptions(one, placeholders),
  )
  const admin = [...hub.results.flat(), ...settings.results.flat()]
  const read = options.results.flatMap(({ results }) => results.flat())
  const user = read.filter((entry) => !saysNothing(entry))
  const refused = [hub, settings, options, ...options.results].flatMap(({ issues }) => issues)
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

/** Reads when Swarm starts a task again: `'none'`, `'on-failure'`, `'any'`, or a dict with delay and limits. */
const readRestartPolicy = (input: unknown, at: string): Entry[] => {
  const given = typeof input === 'string' ? fromText(input) : asObject(input, at)
  return Object.entries(readFields(given, RESTART_POLICY, at)).map(([field, value]) => ({
    path: ['TaskTemplate', 'RestartPolicy', field],
    value:
      field === 'Delay' || field === 'Window'
        ? nanoseconds(value, `${at}.${spellingOf(given, RESTART_POLICY, field)}`)
        : value,
    from: typeof input === 'string' ? at : `${at}.${spellingOf(given, RESTART_POLICY, field)}`,
  }))
}

/** docker's own text has how many times a failed program is started again, `on-failure:3`. */
const fromText = (text: string): Record<string, unknown> => {
  const [, Condition, attempts] = /^(on-failure):(\d{1,9})$/.exec(text) ?? []
  return Condition === undefined
    ? { Condition: text }
    : { Condition, MaxAttempts: Number(attempts) }
}
