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
  resources: { generic: { '*': ANY } },
  placement: ['*'],
  environment: ['*'],
  capabilities: ['*'],
  // Not those of its service_prefix, which a hub chooses: its name is that of its secret.
  secrets: ['{hub}', '{hub}-*', '{hub}_*', '{hub}.*'],
  configs: ['{hub}', '{hub}-*', '{hub}_*', '{hub}.*'],
  labels: ['*'],
  fields: ['*'],
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
}

/** The ceilings of users where neither a policy nor the hub sets any. */
export const USER_CEILINGS = { cpus: 4, memory: 16 * 1024 ** 3 } as const
