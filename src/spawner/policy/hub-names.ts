/** Says whether a name is another one, or begins with it; a part of a word does not count. */
const beginsWith = (name: string, start: string): boolean =>
  name.startsWith(start) && (name.length === start.length || /[-_.]/.test(name[start.length] ?? ''))

/** How much of a name is a hub's, 0 where it is not; service names have no dots, so hyphens stand for those of the hub. */
const shareOf = (hub: string, name: string): number => {
  const own = hub.toLowerCase()
  if (beginsWith(name, own)) return own.length + 0.5
  return beginsWith(name, own.replaceAll('.', '-')) ? own.length : 0
}

/**
 * Says whether a name is that of another hub, or begins with it, in any case, as Swarm and DNS take it. Of several hubs the one
 * with the longest name has it: `physics` has no name of `physics-2`. What begins with the name of no hub is nobody's.
 */
export const isOfOtherHub = (name: string, hub: string, hubs: readonly string[]): boolean => {
  if (hubs.length < 2) return false
  const text = name.toLowerCase()
  return Math.max(...hubs.map((one) => shareOf(one, text))) > shareOf(hub, text)
}

/** Two hubs, where names of the second one's volumes and secrets are like the first one's; undefined where each has its own. */
export const collidingHubs = (hubs: readonly string[]): [string, string] | undefined => {
  const lower = new Map(hubs.map((hub) => [hub, `${hub.toLowerCase()}.`]))
  for (const [hub, start] of lower)
    for (const [other, name] of lower)
      if (other !== hub && name.startsWith(start)) return [hub, other]
  return undefined
}
