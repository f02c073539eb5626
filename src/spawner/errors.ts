/** Why a request of the hub was not carried out; nothing was created for it. */
export const SPAWN_ERRORS = [
  /** A setting has the wrong type or value, or is not known; `issues` names each. */
  'invalid_config',
  /** The policy does not let the hub, or its user, have what was asked for; `issues` names each key and the rule. */
  'not_allowed',
  /** The service name would be longer than Swarm's 63 characters, or has others than letters, digits, - and _. */
  'invalid_name',
  /** Another service holds the name and is not this hub's server; it is never touched. */
  'name_taken',
  /** A newer start of the same server is on its way or done; this one is a late arrival. */
  'superseded',
  /** The process is about to stop and has made nothing yet: another copy will. */
  'shutting_down',
] as const

export type SpawnErrorCode = (typeof SPAWN_ERRORS)[number]

/** A field that can't be used, and why; never its value. */
export type Issue = { path: string; message: string }

/** A request that the spawner refuses. Failures of the Engine are DockerErrors; a server that fails is a state. */
export class SpawnError extends Error {
  override readonly name = 'SpawnError'
  readonly code: SpawnErrorCode
  readonly issues: readonly Issue[]

  constructor(code: SpawnErrorCode, message: string, issues: readonly Issue[] = []) {
    super(message)
    this.code = code
    this.issues = issues
  }
}
