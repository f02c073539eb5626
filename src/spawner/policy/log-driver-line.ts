import type { Driver } from '../../docker/service-spec.ts'
import type { JudgeContext } from './judge-context.ts'
import { isTold, quote } from './line-to-add.ts'

/** A longer line is not useful to paste, and an answer has a bound. */
const MAX_LENGTH = 600

/**
 * The line of a policy that would allow a hub this log driver with these options. Empty for a user, and for a
 * line that is too long or would allow more. It has `*` instead of what may be a password, and does not quote
 * drivers that the policy has already.
 */
export const logDriverLine = (
  { Name = '', Options = {} }: Driver,
  context: JudgeContext,
): string => {
  const options = Object.entries(Options)
  const isPattern = [Name, ...options.flat()].some((text) => text.includes('*'))
  if (context.author === 'user' || isPattern || ![Name, ...Object.keys(Options)].every(isTold))
    return ''
  const pairs = options.map(([name, value]) => `${quote(name)}: ${quote(masked(name, value))}`)
  const driver = `${quote(Name)}: {${pairs.join(', ')}}`
  if (driver.length > MAX_LENGTH) return ''
  const listed = Object.keys(context.rules[0]?.log_drivers ?? {})
  if (listed.some((name) => name !== '*'))
    return `; to allow it, add to admin.log_drivers of the policy: ${driver}`
  const all = [...listed.map(() => "'*': {'*': '*'}"), driver]
  return `; to allow it, add to the policy: admin: {log_drivers: {${all.join(', ')}}}`
}

/**
 * The value to show: an address without user name and password, or a short text. Options whose values are
 * secrets give `*`.
 */
const masked = (name: string, value: string): string => {
  if (/token|secret|pass|key|cred|auth/i.test(name)) return '*'
  const isAddress = /^[a-z+]{2,12}:\/\//.test(value)
  return isAddress || isTold(value) ? value.replace(/\/\/[^/@]*@/, '//*@') : '*'
}
