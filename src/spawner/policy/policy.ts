import {
  ADMIN_RULES,
  ADMIN_RULES_OF_SEVERAL,
  USER_RULES,
  USER_RULES_OF_SEVERAL,
} from './built-in.ts'
import type { Quotas } from './quota-rules.ts'
import type { PolicyFile, Rules } from './rules.ts'

/** The rules in force. Keys that a policy file leaves out have the built-in rules. */
export type Policy = {
  /** Rules for what the hub configures. */
  admin: Rules
  /** Rules for what users ask for. */
  user: Rules
  /** Additional rules for the users in a hub's group, by the group's name. */
  groups: Readonly<Record<string, Rules>>
  /** The names of the service's hubs. If there are several, each hub may only use its own names. */
  hubs: readonly string[]
  /** The longest that a server may run, in nanoseconds. */
  maxRuntime?: number | undefined
  /** What servers may have together. */
  quotas?: Quotas | undefined
}

/**
 * Fills the missing keys with the built-in rules. `hubs` decides whether these are the rules for one hub or for
 * several.
 */
export const completePolicy = (
  { admin, user, groups, quotas, max_runtime: maxRuntime }: PolicyFile,
  hubs: readonly string[] = [],
): Policy => {
  const [ofAdmin, ofUser] =
    hubs.length > 1 ? [ADMIN_RULES_OF_SEVERAL, USER_RULES_OF_SEVERAL] : [ADMIN_RULES, USER_RULES]
  return {
    admin: complete(admin, ofAdmin),
    user: complete(user, ofUser),
    groups,
    hubs,
    ...(quotas && { quotas }),
    ...(maxRuntime !== undefined && { maxRuntime }),
  }
}

const complete = (rules: Rules, builtIn: Rules): Rules => ({
  ...builtIn,
  ...rules,
  mounts: { ...builtIn.mounts, ...rules.mounts },
  resources: { ...builtIn.resources, ...rules.resources },
  amounts: { ...builtIn.amounts, ...rules.amounts },
  healthcheck: { ...builtIn.healthcheck, ...rules.healthcheck },
})

/** The policy for a single hub without a policy file. */
export const BUILT_IN_POLICY: Policy = completePolicy({ admin: {}, user: {}, groups: {} })
