import * as v from 'valibot'

/** Which server of which JupyterHub user; `server_name` is empty for the user's default server. */
export const ServerKey = v.strictObject({
  username: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  server_name: v.optional(v.pipe(v.string(), v.maxLength(255)), ''),
  /** Where the hub sets another than the default; a server started under a former one is found by its labels. */
  service_prefix: v.optional(v.string()),
})
export type ServerKey = v.InferOutput<typeof ServerKey>
