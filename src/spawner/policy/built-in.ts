import { DATA_DIRECTORIES } from './host-paths.ts'
import type { Rules } from './rules.ts'

/** As many as there are: JSON has no word for infinity. */
const ANY = Number.MAX_SAFE_INTEGER

/**
 * What a hub may configure where no policy says otherwise: everything that does not give a node away. `*` stands
 * for what is harmless; the rest has to be listed by name.
 */
export const ADMIN_RULES: Rules = {
  images: ['*'],
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
  // Not those of its service_prefix, which a hub chooses: its name is that of its secret.
  secrets: ['{hub}', '{hub}-*', '{hub}_*', '{hub}.*'],
  configs: ['{hub}', '{hub}-*', '{hub}_*', '{hub}.*'],
  labels: ['*'],
  fields: ['*'],
  ulimits: { '*': ANY },
}

/**
 * The names of a hub where the service has several: those that begin with its own name and a dot. No name of a hub is that of
 * another, a dot and more, so nobody's names are another's. After a hyphen they could be: `physics-2-tls`.
 */
const OF_HUB = ['{hub}', '{hub}.*']

/** The same where the service has several hubs. */
export const ADMIN_RULES_OF_SEVERAL: Rules = {
  ...ADMIN_RULES,
  mounts: { ...ADMIN_RULES.mounts, volume: OF_HUB },
  secrets: OF_HUB,
  configs: OF_HUB,
}

/** What users may ask for where the hub lets them and no policy says otherwise: what stays in their own container. */
export const USER_RULES: Rules = {
  images: ['*'],
  mounts: {
    volume: ['{username}', '{username}-*', '*-{username}', '*-{username}-*'],
    anonymous: true,
    tmpfs: 1024 ** 3,
  },
  placement: ['node.labels.*', 'engine.labels.*', 'node.platform.*'],
  environment: ['*'],
  fields: ['Args', 'Command', 'Dir'],
  // More than any server needs; a longer list is not meant for one.
  amounts: {
    options: 64 * 1024,
    environment: 128,
    args: 128,
    mounts: 32,
    networks: 32,
    placement: 32,
    items: 32,
  },
  // These hold where a policy lists the field: hours to stop keep a node, and a start waits for the check.
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

/** The same where the service has several hubs: a user of another may have the same name, and so the same hash. */
export const USER_RULES_OF_SEVERAL: Rules = {
  ...USER_RULES,
  mounts: {
    ...USER_RULES.mounts,
    volume: (USER_RULES.mounts?.volume ?? []).map((pattern) => `{hub}.${pattern}`),
  },
}

/** The ceilings of users where neither a policy nor the hub sets any. */
export const USER_CEILINGS = { cpus: 4, memory: 16 * 1024 ** 3, pids: 4096 } as const
