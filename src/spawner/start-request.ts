import * as v from 'valibot'
import { recordOf } from '../docker/record-of.ts'
import { ServerKey } from './server/server-key.ts'
import { HubConfig, StartTimeout } from './settings/hub-config.ts'

/** Variables by name. `null` means: do not set this variable. */
export const Variables = recordOf(v.nullable(v.union([v.string(), v.number(), v.boolean()])))
/** As the Engine has them, `NAME=value`. */
export const VariableList = v.array(v.string())
/** A dict, or a list of `NAME=value`; lazy and not a union, so that an issue names the variable. */
export const Environment = v.lazy((input) => (Array.isArray(input) ? VariableList : Variables))
const Words = v.nullish(v.array(v.string()))
const Port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535))

/** The caller's name for one attempt to start a server. */
export const SpawnId = v.pipe(v.string(), v.regex(/^[\w.:-]{1,128}$/))

/** The longest that one request waits; proxies and serverless platforms cut longer ones. */
const MAX_WAIT_S = 300

export const WaitS = v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_WAIT_S))

/** The data of a `spawner.start`: whose server, which attempt, and everything its service is made of. */
export const StartRequest = v.strictObject({
  server: ServerKey,
  /** Names the attempt: sent again, it reports on it. Made up for people who start by hand. */
  spawn_id: v.optional(SpawnId, () => crypto.randomUUID()),
  /** When the hub decided, in milliseconds since 1970; of two starts of a server the later one holds. */
  issued_at: v.optional(v.pipe(v.number(), v.minValue(0)), () => Date.now()),
  /** How long the server may take until it runs, in seconds. */
  start_timeout: v.optional(StartTimeout),
  wait_s: v.optional(WaitS, 25),
  port: v.optional(Port),
  env: v.optional(Environment, {}),
  cmd: Words,
  args: Words,
  config: v.optional(HubConfig, {}),
  user_options: v.nullish(v.unknown()),
  /** The groups of the user, for the rules of the policy; the hub's word is taken for it. */
  groups: v.optional(v.array(v.string()), []),
})
export type StartRequest = v.InferOutput<typeof StartRequest>
