import type { Driver } from '../../docker/service-spec.ts'
import type { JudgeContext } from './judge-context.ts'
import { isTold, quote } from './line-to-add.ts'

/** Longer ones are no use to paste, and answers have a bound. */
const MAX_LENGTH = 600

/**
 * The line of a policy that would allow a hub this log driver with these options; empty for a user, and for what is too
 * long or would mean more. It has `*` in place of what may be a password, and quotes nothing of a policy's own drivers.
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

/** Tells an address without name and password, and a short text, but for options whose values are nobody's to read. */
const masked = (name: string, value: string): string => {
  if (/token|secret|pass|key|cred|auth/i.test(name)) return '*'
  const isAddress = /^[a-z+]{2,12}:\/\//.test(value)
  return isAddress || isTold(value) ? value.replace(/\/\/[^/@]*@/, '//*@') : '*'
}
