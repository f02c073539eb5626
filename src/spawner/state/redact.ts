/** A shorter value would blot out ordinary words. */
const MIN_LENGTH = 4
/** By so much of a value it is known; what goes on from there is blotted out to the length of the whole. */
const HEAD_LENGTH = 64
/** Values that speak of no secret, though their variable's name does: `AUTH_REQUIRED=true`, `KEY_SIZE=2048`. */
const COMMON = /^(?:true|false|none|null|auto|default|enabled|disabled|localhost|\d{4,5})$/i

const MARK = '[redacted]'

/**
 * Blots out the values of variables whose names speak of secrets, and tokens in addresses. Each line is passed over
 * once: its cost is that of the line and of the environment together, whatever the values are.
 */
export const redact = (lines: readonly string[], env: readonly string[]): string[] => {
  const secrets = secretsOf(env)
  return lines.map((line) =>
    blotOut(line, secrets).replace(/(token=|password=)[^\s&"']+/gi, `$1${MARK}`),
  )
}

/** The beginnings of secrets, each with the length of the longest secret that begins so, by the length of the beginning. */
type Secrets = ReadonlyMap<number, ReadonlyMap<string, number>>

const secretsOf = (env: readonly string[]): Secrets => {
  const heads = new Map<number, Map<string, number>>()
  for (const variable of env) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(variable) ?? []
    if (!/TOKEN|SECRET|PASSW|KEY|CREDENTIAL|COOKIE|AUTH/i.test(name)) continue
    // A key of several lines is written in several lines.
    for (const part of value.split(/\r?\n/)) addSecret(heads, part)
  }
  // If two secrets begin alike, the longer one is looked for first.
  return new Map([...heads].sort(([a], [b]) => b - a))
}

const addSecret = (heads: Map<number, Map<string, number>>, value: string): void => {
  if (value.length < MIN_LENGTH || COMMON.test(value)) return
  const head = value.slice(0, HEAD_LENGTH)
  const alike = heads.get(head.length) ?? new Map<string, number>()
  alike.set(head, Math.max(value.length, alike.get(head) ?? 0))
  heads.set(head.length, alike)
}

const blotOut = (line: string, secrets: Secrets): string => {
  const parts: string[] = []
  let plain = 0
  for (let at = 0; at < line.length; ) {
    const length = secretAt(line, at, secrets)
    if (length === 0) at++
    else {
      parts.push(line.slice(plain, at), MARK)
      plain = at = at + length
    }
  }
  return parts.join('') + line.slice(plain)
}

const secretAt = (line: string, at: number, secrets: Secrets): number => {
  for (const [length, heads] of secrets) {
    const found = at + length <= line.length ? heads.get(line.slice(at, at + length)) : undefined
    if (found !== undefined) return found
  }
  return 0
}
