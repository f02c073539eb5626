import type { AppliedQuota } from './applied-quotas.ts'
import type { Place } from './place.ts'
import type { Exceeded, Part } from './tally.ts'

/** More names are not read in one line of a log. */
const MAX_NAMES = 20

/** Whether the quota is smaller than what the server needs, so that waiting does not help. */
export const isNever = ({ part }: Exceeded): boolean => part.wanted > part.most

/** For admins: which quota has too little left. It names nobody. */
export const whyFull = ({ quota, part }: Exceeded): string => {
  const at = `${quota.from}.${part.kind === 'generic' ? `generic.${part.name}` : part.kind}`
  if (part.wanted === Number.POSITIVE_INFINITY)
    return `${at}: ${amount(part, part.most)}, and this server has no limit; set ${LIMITS[part.kind]}`
  return `${at}: ${amount(part, part.used)} of ${amount(part, part.most)} in use, and this server takes ${amount(part, part.wanted)}`
}

const LIMITS = { cpus: 'cpu_limit', memory: 'mem_limit', servers: '', generic: '' } as const

/** For the log: whose servers hold the places. */
export const heldBy = (places: readonly Place[]): string => {
  const names = places.map(({ labels: { username, serverName } }) =>
    serverName === '' ? username : `${username} (${serverName})`,
  )
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : ''
  return names.length > 0 ? `; they are held by ${names.slice(0, MAX_NAMES).join(', ')}${more}` : ''
}

/** For the user: what is full, without names, and whose turn it is. */
export const fullMessage = (exceeded: Exceeded): string => {
  const { quota, part } = exceeded
  if (part.wanted === Number.POSITIVE_INFINITY)
    return 'Your server has no limit of what it uses, which it needs here. Please tell your administrator.'
  if (isNever(exceeded) && part.most > 0)
    return `Your server needs ${amount(part, part.wanted)}, which is more than the ${amount(part, part.most)} for ${WHOSE[quota.of]}. Please choose something smaller, or tell your administrator.`
  if (isNever(exceeded))
    return `There is no place for a server of this kind for ${WHOSE[quota.of]}. Please choose something else, or tell your administrator.`
  return `${inUse(quota, part)} ${quota.of === 'user' ? OWN_TURN : OTHERS_TURN}`
}

const OWN_TURN = 'Please stop a server that you do not need, and start this one again.'
const OTHERS_TURN = 'Please try again when another server has stopped.'

const WHOSE = {
  hub: 'this system',
  user: 'you',
  group: 'your group',
  profile: 'this kind of server',
} as const satisfies Record<AppliedQuota['of'], string>

const inUse = ({ of }: AppliedQuota, part: Part): string => {
  const { kind, most, used, wanted } = part
  if (kind !== 'servers')
    return `Of ${amount(part, most)} for ${WHOSE[of]}, ${amount(part, Math.max(0, most - used))} is free, and your server needs ${amount(part, wanted)}.`
  return most === 1
    ? `The only place for ${WHOSE[of]} is in use.`
    : `All ${most} places for ${WHOSE[of]} are in use.`
}

const amount = ({ kind, name }: Part, count: number): string => {
  if (kind === 'servers') return `${count} ${count === 1 ? 'server' : 'servers'}`
  if (kind === 'cpus') return `${rounded(count / 1e9)} CPU`
  if (kind === 'memory')
    return count >= GIB ? `${rounded(count / GIB)} GiB` : `${rounded(count / MIB)} MiB`
  return `${count} ${name}`
}

const [MIB, GIB] = [2 ** 20, 2 ** 30]
const rounded = (count: number): number => Math.round(count * 100) / 100
