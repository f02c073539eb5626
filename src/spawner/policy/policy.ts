import { ADMIN_RULES, USER_RULES } from './built-in.ts'
import type { PolicyFile, Rules } from './rules.ts'

/** The rules in force: what a policy file leaves out is as the built-in rules have it. */
export type Policy = {
  /** For what the hub configures. */
  admin: Rules
  /** For what users ask for. */
  user: Rules
  /** More for the users of a hub's group. */
  groups: Readonly<Record<string, Rules>>
}

/** Fills in the built-in rules, key by key. */
export const completePolicy = ({ admin, user, groups }: PolicyFile): Policy => ({
  admin: complete(admin, ADMIN_RULES),
  user: complete(user, USER_RULES),
  groups,
})

const complete = (rules: Rules, builtIn: Rules): Rules => ({
  ...builtIn,
  ...rules,
  mounts: { ...builtIn.mounts, ...rules.mounts },
  resources: { ...builtIn.resources, ...rules.resources },
  amounts: { ...builtIn.amounts, ...rules.amounts },
  healthcheck: { ...builtIn.healthcheck, ...rules.healthcheck },
})

/** What holds without any policy file. */
export const BUILT_IN_POLICY: Policy = completePolicy({ admin: {}, user: {}, groups: {} })
