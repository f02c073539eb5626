import type { ProfileQuota, Quota, Quotas } from '../policy/quota-rules.ts'
import type { ServerLabels } from '../server/labels.ts'
import { invalid } from '../settings/entries.ts'
import { ownQuotas, quotasOfHub } from './quotas-of-hub.ts'

/** One quota and the servers that it counts: all servers with the same `key`. */
export type AppliedQuota = {
  key: string
  /** Whose servers they are. */
  of: 'hub' | 'user' | 'group' | 'profile'
  /** Where an admin finds it, such as `policy: quotas.user`. */
  from: string
  most: Quota
}

/** The quotas that are in force, of the policy and of the profile that a server is started with. */
export type QuotasInForce = {
  policy: Quotas | undefined
  profile: { slug: string; quota: ProfileQuota } | undefined
}

/** Gathers the quotas for a start: of the policy, and of its profile if it has one. */
export const quotasInForce = (
  policy: Quotas | undefined,
  profile: { slug: string; quota?: ProfileQuota | undefined } | null | undefined,
): QuotasInForce => ({
  policy,
  profile: profile?.quota && { slug: profile.slug, quota: profile.quota },
})

type Counted = Pick<ServerLabels, 'hub' | 'username' | 'profile' | 'groups'>

/** The quotas that count a server. Of its profile only if that is the one in force: nobody else knows its quota. */
export const quotasFor = (labels: Counted, { policy, profile }: QuotasInForce): AppliedQuota[] => [
  ...policyQuotas(labels, policy),
  ...(profile && profile.slug === labels.profile ? profileQuotas(labels, profile) : []),
]

const policyQuotas = (
  { hub, username, groups }: Counted,
  quotas: Quotas | undefined,
): AppliedQuota[] => {
  if (!quotas) return []
  const { ofHub, ofUser, ofGroup } = quotasOfHub(quotas, hub)
  return [
    ...(ofHub ? [quotaOf('hub', [hub], ofHub)] : []),
    ...(ofUser ? [quotaOf('user', [hub, username], ofUser)] : []),
    ...(groups ?? []).flatMap((group) => {
      const found = ofGroup(group)
      return found ? [quotaOf('group', [hub, group], found)] : []
    }),
  ]
}

const profileQuotas = (
  { hub, username, groups }: Counted,
  { slug, quota }: NonNullable<QuotasInForce['profile']>,
): AppliedQuota[] => {
  const at = `profile ${slug}: quota`
  const { user, groups: ofEach, ...most } = quota
  return [
    ...(Object.keys(most).length > 0 ? [quotaOf('profile', [hub, slug], { from: at, most })] : []),
    ...(user ? [quotaOf('user', [hub, slug, username], { from: `${at}.user`, most: user })] : []),
    ...ofGroups(groups, ofEach, (group, ofGroup) =>
      quotaOf('group', [hub, slug, group], { from: `${at}.groups.${group}`, most: ofGroup }),
    ),
  ]
}

const ofGroups = (
  groups: readonly string[] | undefined,
  quotas: Readonly<Record<string, Quota>> | undefined,
  make: (group: string, most: Quota) => AppliedQuota,
): AppliedQuota[] =>
  (groups ?? []).flatMap((group) => {
    const most = quotas && Object.hasOwn(quotas, group) ? quotas[group] : undefined
    return most ? [make(group, most)] : []
  })

const quotaOf = (
  of: AppliedQuota['of'],
  whose: readonly string[],
  { from, most }: Pick<AppliedQuota, 'from' | 'most'>,
): AppliedQuota => ({ key: JSON.stringify([of, ...whose]), of, from, most })

/** 100: they are in a label of each service, and each count of places reads them all. */
const MOST_GROUPS = 100

/** The groups of a user that a quota names. Only they become a label: a user may be in hundreds. Throws `invalid_config` for too many. */
export const countedGroups = (
  hub: string,
  groups: readonly string[],
  { policy, profile }: QuotasInForce,
): string[] => {
  const ofPolicy = [policy?.groups, policy && ownQuotas(policy, hub)?.groups]
  const named = new Set(
    [...ofPolicy, profile?.quota.groups].flatMap((quotas) => Object.keys(quotas ?? {})),
  )
  const counted = [...new Set(groups)].filter((group) => named.has(group)).sort()
  if (counted.length > MOST_GROUPS)
    throw invalid('groups', `quotas name ${counted.length} of them, more than ${MOST_GROUPS}`)
  return counted
}
