import { DATA_DIRECTORIES } from './host-paths.ts'
import type { Rules } from './rules.ts'

/** No bound. JSON has no word for infinity. */
const ANY = Number.MAX_SAFE_INTEGER

/**
 * What a hub may configure when no policy says otherwise: everything that does not give control of a node. `*`
 * means everything harmless; the rest must be listed by name.
 */
export const ADMIN_RULES: Rules = {
  images: ['*'],
  pull_policy: ['*'],
  mounts: {
    bind: [...DATA_DIRECTORIES],
    volume: ['*'],
    drivers: { '*': { '*': '*' } },
    anonymous: true,
    tmpfs: ANY,
    subpath: true,
  },
  networks: ['*'],
  aliases: [],
  log_drivers: { '*': { '*': '*' } },
  resources: { generic: { '*': ANY } },
  placement: ['*'],
  environment: ['*'],
  capabilities: ['*'],
  // The hub's name comes from its secret, so a hub cannot choose it. It can choose `service_prefix`, so that
  // prefix is not allowed here.
  secrets: ['{hub}', '{hub}-*', '{hub}_*', '{hub}.*'],
  configs: ['{hub}', '{hub}-*', '{hub}_*', '{hub}.*'],
  labels: ['*'],
  fields: ['*'],
  ulimits: { '*': ANY },
}

/**
 * The names that belong to a hub when the service has several hubs: its own name, and names that begin with its
 * own name and a dot. The service refuses to start if one hub's name begins with another's name and a dot, so
 * no name belongs to two hubs. A hyphen would not do: `physics-2-tls` could belong to `physics` or to
 * `physics-2`.
 */
const OF_HUB = ['{hub}', '{hub}.*']

/** The admin rules when the service has several hubs. */
export const ADMIN_RULES_OF_SEVERAL: Rules = {
  ...ADMIN_RULES,
  mounts: { ...ADMIN_RULES.mounts, volume: OF_HUB },
  secrets: OF_HUB,
  configs: OF_HUB,
}

/**
 * What users may ask for when the hub allows options and no policy says otherwise: only what stays inside their
 * own container.
 */
export const USER_RULES: Rules = {
  images: ['*'],
  // When registries are asked is not about the user's own container.
  pull_policy: [],
  mounts: {
    volume: ['{username}', '{username}-*', '*-{username}', '*-{username}-*'],
    anonymous: true,
    tmpfs: 1024 ** 3,
  },
  placement: ['node.labels.*', 'engine.labels.*', 'node.platform.*'],
  environment: ['*'],
  fields: ['Args', 'Command', 'Dir'],
  // These amounts are more than any server needs.
  amounts: {
    options: 64 * 1024,
    environment: 128,
    args: 128,
    mounts: 32,
    networks: 32,
    placement: 32,
    items: 32,
  },
  // These bounds apply when a policy lists the field. A server that takes hours to stop would keep its node
  // busy, and a start waits for the health check.
  stop_grace_period: 120e9,
  healthcheck: {
    min_interval: 1e9,
    max_interval: 300e9,
    max_timeout: 60e9,
    max_start_period: 600e9,
    max_retries: 10,
  },
  oom_score_adj: 0,
  ulimits: {},
}

/**
 * The user rules when the service has several hubs. Users of two hubs may have the same name, and so the same
 * owner hash.
 */
export const USER_RULES_OF_SEVERAL: Rules = {
  ...USER_RULES,
  mounts: {
    ...USER_RULES.mounts,
    volume: (USER_RULES.mounts?.volume ?? []).map((pattern) => `{hub}.${pattern}`),
  },
}

/** The ceilings for users when neither a policy nor the hub sets any. */
export const USER_CEILINGS = { cpus: 4, memory: 16 * 1024 ** 3, pids: 4096 } as const
