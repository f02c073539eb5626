import * as v from 'valibot'
import { BYTES_WORDS } from './bytes.ts'
import { CPU_WORDS } from './cpus.ts'
import { PullPolicy } from './pull-policy.ts'

const Bytes = v.nullish(v.union([v.number(), v.string()], BYTES_WORDS))
const Cpus = v.nullish(v.union([v.number(), v.string()], CPU_WORDS))
/** The start timeout in seconds, at most one day: `swarmspawner gc` does not touch a server for that long. */
export const StartTimeout = v.pipe(v.number(), v.minValue(1), v.maxValue(86_400))

/**
 * The settings of `c.SwarmSpawner.*`. Settings with several spellings are read where they are merged. An
 * unknown setting is refused by its name.
 */
export const HubConfig = v.strictObject({
  service_prefix: v.nullish(v.string()),
  service_image: v.nullish(v.string()),
  service_port: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535))),
  /** When the registry of the image is asked. */
  pull_policy: v.nullish(PullPolicy),
  container_spec: v.nullish(v.unknown()),
  mounts: v.nullish(v.unknown()),
  resource_spec: v.nullish(v.unknown()),
  networks: v.nullish(v.unknown()),
  placement: v.nullish(v.unknown()),
  labels: v.nullish(v.unknown()),
  environment: v.nullish(v.unknown()),
  endpoint: v.nullish(v.picklist(['dnsrr', 'vip'])),
  /** Which host a server's URL has: the host of this start, or the name of its service. */
  url_host: v.nullish(v.picklist(['start', 'service'])),
  restart_policy: v.nullish(v.unknown()),
  init: v.nullish(v.boolean()),
  stop_grace_period: v.nullish(v.unknown()),
  log_driver: v.nullish(v.unknown()),
  healthcheck: v.nullish(v.unknown()),
  notebook_dir: v.nullish(v.string()),
  use_user_options: v.nullish(v.boolean()),
  /** A spelling that occurs once in the old README. */
  use_user_option: v.nullish(v.boolean()),
  cpu_limit: Cpus,
  cpu_guarantee: Cpus,
  mem_limit: Bytes,
  mem_guarantee: Bytes,
  start_timeout: v.nullish(StartTimeout),
  /** We do not use it. It is accepted so that a hub can send its whole configuration. */
  jupyterhub_service_name: v.nullish(v.string()),
})
export type HubConfig = v.InferOutput<typeof HubConfig>
