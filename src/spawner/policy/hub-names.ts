/** Returns whether `name` is `start`, or begins with it and goes on after `-`, `_` or `.`. */
const beginsWith = (name: string, start: string): boolean =>
  name.startsWith(start) && (name.length === start.length || /[-_.]/.test(name[start.length] ?? ''))

/**
 * How many characters of a name are the hub's name; 0 when it does not begin with it. Service names have no
 * dots, so a hub's dots may be hyphens there. An exact match wins over one with hyphens (0.5).
 */
const shareOf = (hub: string, name: string): number => {
  const own = hub.toLowerCase()
  if (beginsWith(name, own)) return own.length + 0.5
  return beginsWith(name, own.replaceAll('.', '-')) ? own.length : 0
}

/**
 * Returns whether a name belongs to another hub: it is that hub's name, or begins with it. Upper and lower case
 * count as the same, as in Swarm and DNS. If several hubs match, the longest name wins: `physics` does not own
 * the names of `physics-2`. A name that begins with no hub's name belongs to no hub.
 */
export const isOfOtherHub = (name: string, hub: string, hubs: readonly string[]): boolean => {
  if (hubs.length < 2) return false
  const text = name.toLowerCase()
  return Math.max(...hubs.map((one) => shareOf(one, text))) > shareOf(hub, text)
}

/**
 * Two hubs of which the second could use the first one's names of volumes and secrets; undefined when there are
 * no such two.
 */
export const collidingHubs = (hubs: readonly string[]): [string, string] | undefined => {
  const lower = new Map(hubs.map((hub) => [hub, `${hub.toLowerCase()}.`]))
  for (const [hub, start] of lower)
    for (const [other, name] of lower)
      if (other !== hub && name.startsWith(start)) return [hub, other]
  return undefined
}
