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
import { readPlacement } from './placement.ts'
import { readHubResources, readResources } from './resources.ts'
import type { Context, Placeholders } from './template.ts'

/** The defaults: no restart, no virtual IP, an init process, ten seconds to stop. */
const DEFAULTS: readonly Entry[] = [
  { path: ['Mode', 'Replicated', 'Replicas'], value: 1, from: 'default' },
  { path: ['EndpointSpec', 'Mode'], value: 'dnsrr', from: 'default' },
  { path: ['TaskTemplate', 'RestartPolicy', 'Condition'], value: 'none', from: 'default' },
  { path: [...CONTAINER, 'Init'], value: true, from: 'default' },
  { path: [...CONTAINER, 'StopGracePeriod'], value: 10e9, from: 'default' },
]

/** The Engine's fields of a RestartPolicy, and docker-py's names for them. */
export const RESTART_POLICY: Spellings = {
  Condition: ['condition'],
  Delay: ['delay'],
  MaxAttempts: ['max_attempts'],
  Window: ['window'],
}

/** One setting's way into the spec. */
type ReadSetting = (value: unknown, context: Context, at: string) => Entry[]

const container =
  (field: string): ReadSetting =>
  (value, context, at) =>
    readContainerField(field, value, context, at)

/** Top-level settings in the order in which they are laid over each other: the flat ones win over container_spec. */
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
  networks: (value, _, at) => [readNetworks(value, at)],
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

/** What a user may set: the old README's nested spelling, the flat one, and `image` alone as other spawners have it. */
export const USER_OPTIONS: Spellings = {
  container_spec: [],
  mounts: [],
  resource_spec: [],
  placement: [],
  networks: ['network'],
  service_image: ['image', 'Image'],
  name: [],
}

/** The entries of a spec by who says so; later ones win, in each and from one to the next. */
export type Layers = {
  defaults: readonly Entry[]
  /** The hub's own traits, and its settings. */
  admin: readonly Entry[]
  /** The options of the user, where the hub lets them hold. */
  user: readonly Entry[]
}

/** Reads settings and options. What only the hub may say (its environment, our labels) is laid over them by `planSpec`. */
export const mergeConfig = (
  config: HubConfig,
  userOptions: unknown,
  placeholders: Placeholders,
): Layers => {
  const admin = [
    ...readHubResources(config),
    ...readSettings({ ...config }, { placeholders, author: 'admin' }),
  ]
  const user =
    config.use_user_options || config.use_user_option
      ? readUserOptions(userOptions, placeholders).filter((entry) => !saysNothing(entry))
      : []
  return { defaults: DEFAULTS, admin, user }
}

/** A user's empty value takes nothing back. Variables and labels may be empty texts. */
const saysNothing = ({ path, value }: Entry): boolean =>
  !path.includes('Env') && !path.includes('Labels') && isEmpty(value)

const readSettings = (
  settings: Record<string, unknown>,
  context: Context,
  writtenAs = (name: string): string => name,
): Entry[] =>
  Object.entries(SETTINGS).flatMap(([name, read]) => {
    const value = settings[name]
    return value === undefined || value === null ? [] : read(value, context, writtenAs(name))
  })

const readUserOptions = (options: unknown, placeholders: Placeholders): Entry[] => {
  const fields = readFields(options ?? {}, USER_OPTIONS, 'user_options')
  const { name, ...settings } = fields
  if (name)
    throw invalid(
      'user_options.name',
      "can't be chosen: the hub's server name makes the service name",
    )
  return readSettings(
    settings,
    { placeholders, author: 'user' },
    (field) => `user_options.${spellingOf(options, USER_OPTIONS, field)}`,
  )
}

/** Swarm's words for when a task is started again: `'none'`, `'on-failure'`, `'any'`, or a dict with delay and limits. */
const readRestartPolicy = (input: unknown, at: string): Entry[] => {
  const given = typeof input === 'string' ? { Condition: input } : asObject(input, at)
  return Object.entries(readFields(given, RESTART_POLICY, at)).map(([field, value]) => ({
    path: ['TaskTemplate', 'RestartPolicy', field],
    value:
      field === 'Delay' || field === 'Window'
        ? nanoseconds(value, `${at}.${spellingOf(given, RESTART_POLICY, field)}`)
        : value,
    from: at,
  }))
}
