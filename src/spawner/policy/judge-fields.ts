import * as v from 'valibot'
import { Placement, Privileges } from '../../docker/service-spec.ts'
import { USER_RULES } from './built-in.ts'
import { meansField } from './field-names.ts'
import {
  type Finding,
  finding,
  isSetByHub,
  type Judge,
  type JudgeContext,
  listRefusal,
  patternsOf,
} from './judge-context.ts'

/** Fields that `*` does not include. */
const KEPT = ['Isolation', 'Sysctls', 'DriverOpts']

/** Judges a field without a rule of its own: it must be listed. */
export const judgeField: Judge = (value, context, path) => {
  const field = fieldOf(path)
  const names = patternsOf(context, ({ fields }) => fields)
  if (names.some((name) => meansField(name, field))) return [finding(context, 'fields', undefined)]
  if (isSetByHub(path, context) && !USER_RULES.fields?.some((name) => meansField(name, field)))
    return judgeHubsField(field, names, context)
  if (!names.includes('*')) return [finding(context, 'fields', `it allows ${names.join(', ')}`)]
  const isKept = KEPT.includes(field) || (field === 'Privileges' && !isHardening(value))
  return [finding(context, 'fields', isKept ? `${field} has to be listed by name` : undefined)]
}

/**
 * Judges a user's value for a field that the hub sets. A user may change it if a policy lists the field. The
 * built-in rules list the fields that `user_options` could always replace.
 */
const judgeHubsField = (
  field: string,
  names: readonly string[],
  context: JudgeContext,
): Finding[] => {
  const why = names.includes('*')
    ? `the hub sets it; to let users change it, list ${field} in user.fields`
    : `it allows ${names.join(', ')}`
  return [finding(context, 'fields', why)]
}

const fieldOf = ([first = '', second = '', third = '']: readonly string[]): string => {
  if (first !== 'TaskTemplate') return first
  return ['ContainerSpec', 'Placement', 'Resources'].includes(second) ? third : second
}

/** Returns whether `Privileges` only take rights away from the container and give it none. */
const isHardening = (value: unknown): boolean => {
  const result = v.safeParse(Privileges, value)
  if (!result.success) return false
  const { CredentialSpec, SELinuxContext, Seccomp, AppArmor, NoNewPrivileges } = result.output
  const { Disable, ...context } = SELinuxContext ?? {}
  return (
    CredentialSpec === undefined &&
    Disable !== true &&
    !Object.values(context).some(Boolean) &&
    isDefault(Seccomp?.Mode) &&
    Seccomp?.Profile === undefined &&
    isDefault(AppArmor?.Mode) &&
    NoNewPrivileges !== false
  )
}

const isDefault = (mode: string | undefined): boolean => mode === undefined || mode === 'default'

/**
 * Judges constraints and preferences by the property of a node that they compare. Swarm ignores case in its own
 * words.
 */
export const judgePlacement: Judge = (value, context, path) => {
  const field = path.at(-1) ?? ''
  if (field !== 'Constraints' && field !== 'Preferences') return judgeField(value, context, path)
  const result = v.safeParse(Placement, { [field]: value })
  if (!result.success) return []
  const { Constraints = [], Preferences = [] } = result.output
  const patterns = patternsOf(context, ({ placement }) => placement).map((one) => one.toLowerCase())
  const subjects = [
    ...Constraints.map(subjectOf),
    ...Preferences.map((one) => one.Spread.SpreadDescriptor),
  ]
  return subjects.map((subject, item) => {
    const why = listRefusal(patterns, subject.toLowerCase(), context)
    return finding(context, 'placement', why, item)
  })
}

/**
 * The property that a constraint compares: the text before its first operator, as Swarm reads it (swarmkit,
 * manager/constraint).
 */
const subjectOf = (constraint: string): string => {
  const operator = constraint.includes('==') ? '==' : '!='
  return constraint.split(operator, 1)[0]?.trim() ?? ''
}
