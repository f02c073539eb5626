import * as v from 'valibot'
import { Driver } from '../../docker/service-spec.ts'
import { isTemplate } from './engine-templates.ts'
import { finding, type Judge, type JudgeContext } from './judge-context.ts'
import { judgeField } from './judge-fields.ts'
import { logDriverLine } from './log-driver-line.ts'
import { type LogOptions, logsRefusal } from './log-options.ts'
import { isAnything, matches } from './patterns.ts'

/** Where a server's logs go: to its node, or where the policy says. */
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
    return "name the driver: options alone would be for the Engine's own, whatever that is"
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

/** As of a volume's driver: all options are listed with their values, and what the rule pins is not left out. */
const fits = (rule: OptionRules, options: LogOptions, context: JudgeContext): boolean => {
  const given = new Map(options)
  return (
    options.every(([option]) => Object.hasOwn(rule, option)) &&
    Object.entries(rule).every(([option, patterns]) =>
      isListed([patterns].flat(), given.get(option) ?? '', context),
    )
  )
}

/** A template has functions that no pattern knows: one is allowed as the very text that is listed. */
const isListed = (patterns: readonly string[], value: string, { names }: JudgeContext): boolean =>
  patterns.some(
    (pattern) => pattern === value || (!isTemplate(value) && matches(pattern, value, names)),
  )
