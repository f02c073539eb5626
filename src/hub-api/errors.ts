/** Why a hub's REST API has not told what it was asked. */
export type HubApiErrorCode =
  /** Nobody answers, or not in time, or the answer is a 5xx, which says to come back later. */
  | 'unreachable'
  /** The hub does not take the token. */
  | 'unauthorized'
  /** The token is taken, but does not show everything. */
  | 'missing_scopes'
  /** The answer is not a hub's REST API, or is not complete. */
  | 'unexpected_answer'

/** A hub's REST API that could not be asked: nothing is known of its servers. The message never holds the token. */
export class HubApiError extends Error {
  override readonly name = 'HubApiError'
  readonly code: HubApiErrorCode

  constructor(code: HubApiErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
