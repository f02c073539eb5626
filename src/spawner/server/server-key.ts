import * as v from 'valibot'

/**
 * A text that UTF-8 can carry. The Engine would replace half of a surrogate pair by another character, and we
 * would not find the name again.
 */
const Text = v.pipe(
  v.string(),
  v.maxLength(255),
  v.regex(/^\P{Surrogate}*$/u, 'a text of whole characters'),
)

/** The server of a JupyterHub user. `server_name` is empty for the user's default server. */
export const ServerKey = v.strictObject({
  username: v.pipe(Text, v.minLength(1)),
  server_name: v.optional(Text, ''),
  /**
   * The hub's prefix, if it is not the default. A server that was started with a former prefix is found by its
   * labels.
   */
  service_prefix: v.optional(v.string()),
})
export type ServerKey = v.InferOutput<typeof ServerKey>
