/** Why the spawner refused a hub's request. Nothing was created. */
export const SPAWN_ERRORS = [
  /** A setting is unknown or has the wrong type or value. `issues` names each one. */
  'invalid_config',
  /**
   * The policy does not allow something that the hub, or its user, asked for. `issues` names each key and the
   * rule.
   */
  'not_allowed',
  /**
   * The service name would be longer than Swarm's 63 characters, or contain other characters than letters,
   * digits, - and _.
   */
  'invalid_name',
  /** Another service has the name, and it is not this hub's server. We never touch it. */
  'name_taken',
  /** A newer start of the same server is on its way or done. This start came too late. */
  'superseded',
  /** A quota of the policy or of the profile has too little left. Nothing stays of the start. */
  'quota_exceeded',
  /** The service cannot read its credentials for the image's registry: a credential helper or a file fails. */
  'registry_credentials',
  /** The process is about to stop and has created nothing yet. Another copy can carry the request out. */
  'shutting_down',
] as const

export type SpawnErrorCode = (typeof SPAWN_ERRORS)[number]

/** A field that cannot be used, and why. It never contains the value. */
export type Issue = { path: string; message: string }

/** At most 20 issues are reported. They are sent and logged, and nobody reads more. */
export const MAX_ISSUES = 20
/**
 * 300 characters are longer than the path of any setting. Callers choose some keys in a path, so it needs a
 * bound.
 */
const MAX_PART_LENGTH = 300
/** 16 KiB have room for 20 issues. */
export const MAX_MESSAGE_LENGTH = 16_384

/**
 * Shortens a list of issues to the first 20. Returns them with one sentence, which says how many more there
 * are.
 */
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
 * Makes another person's text safe for one line of a log or a page. It cuts the text, and replaces characters
 * that end a line, control a terminal, change the writing direction, or are half of a character. The hub's
 * class has the same rule.
 */
export const printable = (text: string, maxLength: number): string =>
  text
    .slice(0, maxLength)
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd')

/**
 * A request that the spawner refuses. Failures of the Engine are DockerErrors instead. A server that fails is
 * no error but a state.
 */
export class SpawnError extends Error {
  override readonly name = 'SpawnError'
  readonly code: SpawnErrorCode
  readonly issues: readonly Issue[]
  /** The sentence for the user, if it says more than the code does. */
  readonly userMessage: string | undefined

  constructor(
    code: SpawnErrorCode,
    message: string,
    issues: readonly Issue[] = [],
    userMessage?: string,
  ) {
    super(printable(message, MAX_MESSAGE_LENGTH))
    this.code = code
    this.issues = tellIssues(issues).issues
    this.userMessage = userMessage
  }
}
