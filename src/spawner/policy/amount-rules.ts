import * as v from 'valibot'
import { countOf, durationOf, sizeOf } from './ceilings.ts'

const most = (description: string) => v.exactOptional(countOf(description))

/** How much one author may set: the bytes of all settings together, and the number of items of each kind. */
export const Amounts = v.strictObject({
  options: v.exactOptional(
    sizeOf('The largest size of all options together, as JSON: bytes, or a text such as "64K".'),
  ),
  environment: most('The most variables.'),
  args: most('The most words in each of args, command and the test of a healthcheck.'),
  mounts: most('The most mounts.'),
  networks: most('The most networks.'),
  placement: most('The most constraints; the same number holds for preferences and for platforms.'),
  items: most('The most items in any other list or dict: labels, secrets, hosts, ulimits.'),
})
export type Amounts = v.InferOutput<typeof Amounts>

/**
 * Bounds for health checks. A check runs on the node and does not count to the server's limits. Until the first
 * check passes, nobody can use the server.
 */
export const HealthcheckBounds = v.strictObject({
  min_interval: v.exactOptional(
    durationOf('The shortest interval and start_interval, such as "1s".'),
  ),
  max_interval: v.exactOptional(
    durationOf('The longest interval and start_interval, such as "5m".'),
  ),
  max_timeout: v.exactOptional(durationOf('The longest timeout, such as "1m".')),
  max_start_period: v.exactOptional(durationOf('The longest start_period, such as "10m".')),
  max_retries: most('The largest number of retries.'),
})
