import * as v from 'valibot'
import { recordOf } from '../docker/record-of.ts'
import { durationOf } from './policy/ceilings.ts'
import { ProfileQuota } from './policy/quota-rules.ts'
import { ServerKey } from './server/server-key.ts'
import { HubConfig, StartTimeout } from './settings/hub-config.ts'
import { Profile } from './settings/profile.ts'

/** Variables by name. `null` means: do not set this variable. */
export const Variables = recordOf(
  v.nullable(v.union([v.string(), v.number(), v.boolean()], 'a text, a number, true or false')),
)
/** Variables in the Engine's form, `NAME=value`. */
export const VariableList = v.array(v.string())
/** A dict, or a list of `NAME=value`. It is `lazy` and not a union, so that an issue names the variable. */
export const Environment = v.lazy((input) => (Array.isArray(input) ? VariableList : Variables))
const Words = v.nullish(v.array(v.string()))
const Port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535))

/** The caller's name for one attempt to start a server. 128 characters have room for a UUID or a hash. */
export const SpawnId = v.pipe(
  v.string(),
  v.regex(/^[\w.:-]{1,128}$/, '1 to 128 letters, digits and _.:-'),
)

/** One request waits for at most 300 s. Proxies and serverless platforms cut longer requests. */
const MAX_WAIT_S = 300

export const WaitS = v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_WAIT_S))

/** A profile, what its servers may have together, and how long they may run. */
export const StartProfile = v.strictObject({
  ...Profile.entries,
  quota: v.optional(ProfileQuota),
  max_runtime: v.optional(durationOf('How long its servers may run.')),
})
export type StartProfile = v.InferOutput<typeof StartProfile>

/** The data of a `spawner.start`: the server, the attempt, and everything that its service is made from. */
export const StartRequest = v.strictObject({
  server: ServerKey,
  /**
   * Names the attempt. A call with the same id reports on that attempt. People who start by hand get a new id.
   */
  spawn_id: v.optional(SpawnId, () => crypto.randomUUID()),
  /**
   * When the hub decided to start, in milliseconds since 1970. Of two starts of one server, the later one wins.
   */
  issued_at: v.optional(v.pipe(v.number(), v.minValue(0)), () => Date.now()),
  /** How long the server may take until it runs, in seconds. */
  start_timeout: v.optional(StartTimeout),
  wait_s: v.optional(WaitS, 25),
  port: v.optional(Port),
  env: v.optional(Environment, {}),
  cmd: Words,
  args: Words,
  config: v.optional(HubConfig, {}),
  /** The profile that the server is started with. It is laid over `config`, and the user's options over it. */
  profile: v.nullish(StartProfile),
  user_options: v.nullish(v.unknown()),
  /** The user's groups, for the rules of the policy. The service trusts the hub here. */
  groups: v.optional(v.array(v.string()), []),
})
export type StartRequest = v.InferOutput<typeof StartRequest>
