/** What a process knows by itself of the container that it runs in. */
export type OwnContainer = {
  /** Texts that may be the container's id or its beginning, the surest first. Only an Engine can tell. Empty: there is no container. */
  ids: readonly string[]
  /** A text that becomes another one when the container joins a network, or leaves one. */
  interfaces: () => string
}

/** What the system tells a process of where it runs: two files of /proc/self, and the host name. */
type ProcessFacts = { mountinfo: string; cgroup: string; hostname: string }

/** Files that Docker mounts into each container, out of the container's own directory: proc(5), fields 4 and 5 of a line. */
const OWN_FILES =
  /^\S+ \S+ \S+ \S*\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf) \/etc\/(?:hostname|hosts|resolv\.conf) /

/** `/docker/<id>` with cgroup v1, or `docker-<id>.scope` under systemd; version 2 shows `/` in most containers. */
const OWN_CGROUP = /[/-]([0-9a-f]{64})(?:\.scope)?$/

/** A few: an id inside of a container's own id means containers in containers. */
const MAX_IDS = 4

/**
 * The ids that the container of a process may have, the surest first. The host name is the beginning of the id unless
 * somebody set another one; `/etc/hostname` is a mount in containers only.
 */
export const readContainerIds = ({ mountinfo, cgroup, hostname }: ProcessFacts): string[] => {
  const found = (text: string, pattern: RegExp): string[] =>
    text.split('\n').flatMap((line) => pattern.exec(line)?.[1] ?? [])
  const full = [...found(mountinfo, OWN_FILES), ...found(cgroup, OWN_CGROUP)]
  const short = /^[0-9a-f]{12}$/.test(hostname) ? [hostname] : []
  const ids = [...new Set([...full, ...short])]
  return ids
    .filter((id) => !full.some((other) => other !== id && other.startsWith(id)))
    .slice(0, MAX_IDS)
}
