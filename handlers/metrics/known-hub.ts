/** The label of what has no place of its own: hubs that this service does not have, and nodes beyond the first. No such name exists. */
export const OTHER = '(other)'

/** The label of a hub. Whoever can create services may write any hub into their labels. */
export const knownHub = (hub: string, hubs: readonly string[]): string =>
  hubs.includes(hub) ? hub : OTHER
