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

/** The most issues that are told: each is answered and logged, and nobody reads more. */
export const MAX_ISSUES = 20
/** Longer than the path of any setting; callers choose the keys in it. */
const MAX_PART_LENGTH = 300
/** Room for all issues of an answer. */
export const MAX_MESSAGE_LENGTH = 16_384

/** The first of many issues, and a sentence of them that says how many more there are of all. */
export const tellIssues = (
  issues: readonly Issue[],
  all: number = issues.length,
): { message: string; issues: Issue[] } => {
  const told = issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({
    path: printable(path, MAX_PART_LENGTH),
    message: printable(message, MAX_PART_LENGTH * 4),
  }))
  const more = all > told.length ? [`and ${all - told.length} more`] : []
  const sentences = told.map(({ path, message }) => `${path}: ${message}`)
  return { message: [...sentences, ...more].join('; '), issues: told }
}

/**
 * A text of somebody else on one line of a log or a page: cut, and without characters that end a line, steer a
 * terminal, turn the direction of writing or are half of one. The hub's class has the same rule.
 */
export const printable = (text: string, maxLength: number): string =>
  text
    .slice(0, maxLength)
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd')

/** A request that the spawner refuses. Failures of the Engine are DockerErrors; a server that fails is a state. */
export class SpawnError extends Error {
  override readonly name = 'SpawnError'
  readonly code: SpawnErrorCode
  readonly issues: readonly Issue[]

  constructor(code: SpawnErrorCode, message: string, issues: readonly Issue[] = []) {
    super(printable(message, MAX_MESSAGE_LENGTH))
    this.code = code
    this.issues = tellIssues(issues).issues
  }
}
