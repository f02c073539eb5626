import * as v from 'valibot'
import { countOf, durationOf, sizeOf } from './ceilings.ts'

const most = (description: string) => v.exactOptional(countOf(description))

/** How much one author may say: bytes of all settings together, and how many of each kind. */
export const Amounts = v.strictObject({
  options: v.exactOptional(
    sizeOf('How large the options may be together, as JSON: bytes, or "64K".'),
  ),
  environment: most('How many variables.'),
  args: most('How many words args, command and the test of a healthcheck may have, each.'),
  mounts: most('How many mounts.'),
  networks: most('How many networks.'),
  placement: most('How many constraints, and as many preferences and platforms.'),
  items: most('How long any other list or dict may be: labels, secrets, hosts, ulimits.'),
})
export type Amounts = v.InferOutput<typeof Amounts>

/** Health checks run on the node, beside the server's own limits; until the first one passes, nobody sees the server. */
export const HealthcheckBounds = v.strictObject({
  min_interval: v.exactOptional(
    durationOf('The shortest that interval and start_interval may be: "1s".'),
  ),
  max_interval: v.exactOptional(
    durationOf('The longest that interval and start_interval may be: "5m".'),
  ),
  max_timeout: v.exactOptional(durationOf('The longest that timeout may be: "1m".')),
  max_start_period: v.exactOptional(durationOf('The longest that start_period may be: "10m".')),
  max_retries: most('The most that retries may be.'),
})
