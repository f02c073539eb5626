import type { Quota, Quotas } from '../policy/quota-rules.ts'

/** A quota, and where an admin finds it, such as `policy: quotas.user`. */
export type FoundQuota = { from: string; most: Quota }

/** The quotas of a policy that hold for one hub. */
export type QuotasOfHub = {
  ofHub: FoundQuota | undefined
  ofUser: FoundQuota | undefined
  ofGroup: (group: string) => FoundQuota | undefined
}

/** Chooses the quotas for a hub: each that it has of its own takes the place of the one for all hubs. */
export const quotasOfHub = (quotas: Quotas, hub: string): QuotasOfHub => {
  const own = ownQuotas(quotas, hub)
  const [at, ownAt] = ['policy: quotas', `policy: quotas.hubs.${hub}`]
  const named = (key: 'hub' | 'user') =>
    found(own?.[key], `${ownAt}.${key}`) ?? found(quotas[key], `${at}.${key}`)
  return {
    ofHub: named('hub'),
    ofUser: named('user'),
    ofGroup: (group) =>
      found(namedIn(own?.groups, group), `${ownAt}.groups.${group}`) ??
      found(namedIn(quotas.groups, group), `${at}.groups.${group}`),
  }
}

/** The quotas that a policy has for this hub alone. */
export const ownQuotas = ({ hubs }: Quotas, hub: string) => namedIn(hubs, hub)

const found = (most: Quota | undefined, from: string): FoundQuota | undefined =>
  most && { from, most }

/** Groups and hubs may be called `constructor`. */
const namedIn = <T>(
  values: Readonly<Record<string, T>> | undefined,
  name: string,
): T | undefined => (values && Object.hasOwn(values, name) ? values[name] : undefined)
