/** What a process can find out by itself about its own container. */
export type OwnContainer = {
  /**
   * Possible ids of the container, or beginnings of its id, the most certain first. Only an Engine can confirm
   * them. Empty: this process is in no container.
   */
  ids: readonly string[]
  /** Returns a text that changes when the container joins or leaves a network. */
  interfaces: () => string
}

/** What the system says about the place where a process runs: two files of /proc/self and the host name. */
type ProcessFacts = { mountinfo: string; cgroup: string; hostname: string }

/**
 * The files that Docker mounts into each container, from the directory of that container on the host (proc(5),
 * fields 4 and 5 of a line).
 */
const OWN_FILES =
  /^\S+ \S+ \S+ \S*\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf) \/etc\/(?:hostname|hosts|resolv\.conf) /

/** `/docker/<id>` with cgroup v1, or `docker-<id>.scope` under systemd; version 2 shows `/` in most containers. */
const OWN_CGROUP = /[/-]([0-9a-f]{64})(?:\.scope)?$/

/** Four ids are enough. More than one means that containers run inside containers. */
const MAX_IDS = 4

/**
 * The possible ids of a process's container, the most certain first. The host name is the beginning of the id,
 * unless somebody set another host name. `/etc/hostname` is a mount only in containers.
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
