/** Why a hub's REST API gave no usable answer. */
export type HubApiErrorCode =
  /** The hub does not answer, or not in time, or answers with a status of 500 or more. Try again later. */
  | 'unreachable'
  /** The hub refuses the token. */
  | 'unauthorized'
  /** The hub accepts the token, but does not show it all users and servers. */
  | 'missing_scopes'
  /** The answer does not come from a hub's REST API, or is not complete. */
  | 'unexpected_answer'

/**
 * A hub's REST API could not be asked, so nothing is known about its servers. The message never contains the
 * token.
 */
export class HubApiError extends Error {
  override readonly name = 'HubApiError'
  readonly code: HubApiErrorCode

  constructor(code: HubApiErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
