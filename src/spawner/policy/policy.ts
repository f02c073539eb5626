import {
  ADMIN_RULES,
  ADMIN_RULES_OF_SEVERAL,
  USER_RULES,
  USER_RULES_OF_SEVERAL,
} from './built-in.ts'
import type { PolicyFile, Rules } from './rules.ts'

/** The rules in force: what a policy file leaves out is as the built-in rules have it. */
export type Policy = {
  /** For what the hub configures. */
  admin: Rules
  /** For what users ask for. */
  user: Rules
  /** More for the users of a hub's group. */
  groups: Readonly<Record<string, Rules>>
  /** The hubs of the service, by their names: where there are several, the names of each are its own. */
  hubs: readonly string[]
}

/** Fills in the built-in rules, key by key; those of several hubs where that many are named. */
export const completePolicy = (
  { admin, user, groups }: PolicyFile,
  hubs: readonly string[] = [],
): Policy => {
  const [ofAdmin, ofUser] =
    hubs.length > 1 ? [ADMIN_RULES_OF_SEVERAL, USER_RULES_OF_SEVERAL] : [ADMIN_RULES, USER_RULES]
  return { admin: complete(admin, ofAdmin), user: complete(user, ofUser), groups, hubs }
}

const complete = (rules: Rules, builtIn: Rules): Rules => ({
  ...builtIn,
  ...rules,
  mounts: { ...builtIn.mounts, ...rules.mounts },
  resources: { ...builtIn.resources, ...rules.resources },
  amounts: { ...builtIn.amounts, ...rules.amounts },
  healthcheck: { ...builtIn.healthcheck, ...rules.healthcheck },
})

/** What holds for a single hub without any policy file. */
export const BUILT_IN_POLICY: Policy = completePolicy({ admin: {}, user: {}, groups: {} })
