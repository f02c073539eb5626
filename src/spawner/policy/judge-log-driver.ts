import * as v from 'valibot'
import { Driver } from '../../docker/service-spec.ts'
import { isTemplate } from './engine-templates.ts'
import { finding, type Judge, type JudgeContext } from './judge-context.ts'
import { judgeField } from './judge-fields.ts'
import { logDriverLine } from './log-driver-line.ts'
import { type LogOptions, logsRefusal } from './log-options.ts'
import { isAnything, matches } from './patterns.ts'

/** Judges the log driver. Logs go to the server's node, or where the policy allows. */
export const judgeLogDriver: Judge = (value, context, path) => {
  const result = v.safeParse(Driver, value)
  if (!result.success) return []
  const { Name = '', Options = {} } = result.output
  const why = refusal(Name, Object.entries(Options), context)
  return why === undefined
    ? judgeField(value, context, path)
    : [finding(context, 'log_drivers', why)]
}

const refusal = (name: string, options: LogOptions, context: JudgeContext): string | undefined => {
  if (name === '' && options.length > 0)
    return "name the driver: without a name the options go to the Engine's default driver, which nobody here knows"
  const rules = context.rules.map(({ log_drivers }) => log_drivers ?? {})
  const named = rules.flatMap((rule) => (Object.hasOwn(rule, name) ? [rule[name] ?? {}] : []))
  if (!isAnything(name) && named.some((rule) => fits(rule, options, context))) return undefined
  const line = logDriverLine({ Name: name, Options: Object.fromEntries(options) }, context)
  if (!rules.some((rule) => Object.hasOwn(rule, '*')))
    return `log drivers and their options have to be listed${line}`
  const why = name === '' ? undefined : logsRefusal(name, options)
  return why && why + line
}

type OptionRules = Readonly<Record<string, string | readonly string[]>>

/**
 * Returns whether the options match a rule, as for a volume's driver: all options are listed with their values,
 * and none that the rule fixes is missing.
 */
const fits = (rule: OptionRules, options: LogOptions, context: JudgeContext): boolean => {
  const given = new Map(options)
  return (
    options.every(([option]) => Object.hasOwn(rule, option)) &&
    Object.entries(rule).every(([option, patterns]) =>
      isListed([patterns].flat(), given.get(option) ?? '', context),
    )
  )
}

/**
 * Returns whether a value is listed. A template could contain functions that no pattern knows, so it must be
 * exactly a listed text.
 */
const isListed = (patterns: readonly string[], value: string, { names }: JudgeContext): boolean =>
  patterns.some(
    (pattern) => pattern === value || (!isTemplate(value) && matches(pattern, value, names)),
  )
