import type { ServerLabels } from './server/labels.ts'

/** What the service did to the Swarm, or refused to do. */
export const ACTS = [
  /** Created the service of a server. */
  'start',
  /** A server that this copy saw starting has come to run. */
  'run',
  /** Refused a start. */
  'refuse',
  /** Removed the service of an older start, to make room for this one. */
  'replace',
  /** Removed the service of a start whose caller left, or that had no place in a quota. */
  'discard',
  /** Removed the service of a server that has ended. */
  'end',
  /** Removed the service of a server that was stopped. */
  'stop',
  /** Removed the service of a server or user that the hub has deleted, or could not. */
  'forget',
  /** Removed a leftover, or could not. */
  'gc',
  /** Made nodes download an image ahead of starts, or told them again. */
  'pull',
  /** Removed the pull job of an image that is no longer due. */
  'drop',
  /** Announced the maintenance of a node, drained it when that began, or took it back. */
  'drain',
] as const

/** One act. It has no variable, no token and no option of a user. */
export type Act = {
  act: (typeof ACTS)[number]
  /** A node is of no hub. */
  hub?: string | undefined
  /** Who asked: a hub, a person with the admin token, one at the command line, a registry that tells of a push, or nobody. */
  by?: 'hub' | 'admin' | 'command' | 'registry' | 'service' | undefined
  /** The command, such as `gc`, who ran it, and on which machine. */
  command?: string | undefined
  os_user?: string | undefined
  sudo_user?: string | undefined
  host?: string | undefined
  request_id?: string | undefined
  username?: string | undefined
  groups?: readonly string[] | undefined
  server_name?: string | undefined
  service?: string | undefined
  service_id?: string | undefined
  spawn_id?: string | undefined
  profile?: string | undefined
  image?: string | undefined
  digest?: string | null | undefined
  node?: string | null | undefined
  /** When the maintenance of the node begins. */
  at?: string | undefined
  /** The rules of the policy that allowed what was asked for or, if it was refused, those that refused it. */
  rules?: readonly string[] | undefined
  outcome?: string | undefined
  code?: string | undefined
  reason?: string | null | undefined
}

/** Takes note of an act. It must not throw. */
export type Audit = (act: Act) => void

/** The same spawner, whose acts also tell `more`, such as who has asked for them. */
export const auditing = <S extends { audit: Audit }>(spawner: S, more: Partial<Act>): S => ({
  ...spawner,
  audit: (act) => spawner.audit({ ...more, ...act }),
})

/** What the labels of a server tell an act. */
export const actOf = (labels: ServerLabels) => ({
  hub: labels.hub,
  username: labels.username,
  server_name: labels.serverName,
  service: labels.serviceName,
  spawn_id: labels.spawnId,
  profile: labels.profile,
})
