import * as v from 'valibot'
import { Count, countOf, cpusOf, sizeOf } from './ceilings.ts'

const MOST = {
  servers: v.exactOptional(countOf('The most servers at once.')),
  cpus: v.exactOptional(
    cpusOf('The most CPUs of all servers together. Of each, the larger of limit and reservation.'),
  ),
  memory: v.exactOptional(
    sizeOf(
      'The most memory of all servers together: bytes, or a text such as "64G". Of each, the larger of limit and reservation.',
    ),
  ),
  generic: v.exactOptional(
    v.pipe(
      v.record(v.string(), Count),
      v.description(
        'The most generic resources, such as GPUs, that all servers together may reserve, by kind.',
      ),
    ),
  ),
}

/** What some servers may have together. What is left out has no bound. */
export const Quota = v.strictObject(MOST)
export type Quota = v.InferOutput<typeof Quota>

const OF_HUB = {
  hub: v.exactOptional(v.pipe(Quota, v.description('For all servers of a hub together.'))),
  user: v.exactOptional(v.pipe(Quota, v.description('For the servers of each user of a hub.'))),
  groups: v.exactOptional(
    v.pipe(
      v.record(v.string(), Quota),
      v.description("For all servers of the users in a hub's group together, by the group's name."),
    ),
  ),
}

/** The quotas of a policy. Only the servers of one hub count together. */
export const Quotas = v.strictObject({
  ...OF_HUB,
  hubs: v.exactOptional(
    v.pipe(
      v.record(v.string(), v.strictObject(OF_HUB)),
      v.description(
        "The same for one hub, by the hub's name. Each of its quotas takes the place of the one for all hubs; an empty one has no bound.",
      ),
    ),
  ),
})
export type Quotas = v.InferOutput<typeof Quotas>

/** The quota of a profile: for all its servers together, and of these for each user and for groups. */
export const ProfileQuota = v.strictObject({
  ...MOST,
  user: v.exactOptional(Quota),
  groups: v.exactOptional(v.record(v.string(), Quota)),
})
export type ProfileQuota = v.InferOutput<typeof ProfileQuota>
