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

/** Fields that `*` does not mean. */
const KEPT = ['Isolation', 'Sysctls', 'DriverOpts']

/** Every field that has no rule of its own: whether it is listed. */
export const judgeField: Judge = (value, context, path) => {
  const field = fieldOf(path)
  const names = patternsOf(context, ({ fields }) => fields)
  if (names.some((name) => meansField(name, field))) return [finding(context, 'fields', undefined)]
  if (isSetByHub(path, context) && !USER_RULES.fields?.some((name) => meansField(name, field)))
    return judgeHubsField(field, names, context)
  if (!names.includes('*')) return [finding(context, 'fields', `allowed are ${names.join(', ')}`)]
  const isKept = KEPT.includes(field) || (field === 'Privileges' && !isHardening(value))
  return [finding(context, 'fields', isKept ? `${field} has to be listed by name` : undefined)]
}

/**
 * What the hub sets itself, a user may change where a policy names it. The fields that any user may have are those that
 * user_options always could replace.
 */
const judgeHubsField = (
  field: string,
  names: readonly string[],
  context: JudgeContext,
): Finding[] => {
  const why = names.includes('*')
    ? `the hub sets it; to let users change it, list ${field} in user.fields`
    : `allowed are ${names.join(', ')}`
  return [finding(context, 'fields', why)]
}

const fieldOf = ([first = '', second = '', third = '']: readonly string[]): string => {
  if (first !== 'TaskTemplate') return first
  return ['ContainerSpec', 'Placement', 'Resources'].includes(second) ? third : second
}

/** Says whether privileges take something from the container, and give nothing. */
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

/** Constraints, and what to spread over: by what they speak of. Swarm takes its words in any case. */
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

/** What a constraint speaks of, to its first operator, as Swarm reads it (swarmkit, manager/constraint). */
const subjectOf = (constraint: string): string => {
  const operator = constraint.includes('==') ? '==' : '!='
  return constraint.split(operator, 1)[0]?.trim() ?? ''
}
