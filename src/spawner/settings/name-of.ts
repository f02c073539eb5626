import { asWritten } from './as-written.ts'
import type { NameOf } from './assemble-spec.ts'
import { CONTAINER_SPEC, DNS_CONFIG } from './container-spec.ts'
import type { Spellings } from './entries.ts'
import { HEALTHCHECK } from './healthcheck.ts'
import { DRIVER, MOUNT } from './mounts.ts'
import { ATTACHMENT } from './networks.ts'
import { PLACEMENT, PLATFORM } from './placement.ts'
import { FILE, referenceSpellings } from './references.ts'
import { RESTART_POLICY } from './restart-policy.ts'
import { ULIMIT } from './ulimits.ts'

/** Which keys a setting's value may have, by the last word of the setting's name. */
const TABLES: Readonly<Record<string, Spellings>> = {
  mounts: { ...MOUNT, ...DRIVER },
  networks: ATTACHMENT,
  network: ATTACHMENT,
  healthcheck: HEALTHCHECK,
  restart_policy: RESTART_POLICY,
  log_driver: DRIVER,
  dns_config: DNS_CONFIG,
  dns: DNS_CONFIG,
  secrets: { ...referenceSpellings('Secret'), ...FILE },
  configs: { ...referenceSpellings('Config'), ...FILE },
  ulimits: ULIMIT,
  placement: PLACEMENT,
  platforms: PLATFORM,
}

/** Makes a NameOf for settings and options, which names a part of them as their author spells it. */
export const nameOfIn =
  (settings: Readonly<Record<string, unknown>>): NameOf =>
  (from, keys) => {
    const last = from.slice(from.lastIndexOf('.') + 1)
    const table = Object.hasOwn(TABLES, last) ? TABLES[last] : undefined
    return [from, ...asWritten(valueAt(settings, from), keys, table ?? CONTAINER_SPEC)].join('.')
  }

/** The value of a setting by its dotted name; undefined where the name is that of several, or has a dot of its own. */
const valueAt = (settings: Readonly<Record<string, unknown>>, name: string): unknown => {
  const start = Object.keys(settings).find((setting) => name.startsWith(`${setting}.`))
  // The name of a profile's part may have dots.
  const keys = start === undefined ? [name] : [start, ...name.slice(start.length + 1).split('.')]
  let value: unknown = settings
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = new Map<string, unknown>(Object.entries(value)).get(key)
  }
  return value
}
