/** A value with fewer than 4 characters would hide ordinary words. */
const MIN_LENGTH = 4
/** A secret is recognized by its first 64 characters. The rest is hidden up to the secret's full length. */
const HEAD_LENGTH = 64
/**
 * Values that are no secrets, although their variables have such names: `AUTH_REQUIRED=true`, `KEY_SIZE=2048`.
 */
const COMMON = /^(?:true|false|none|null|auto|default|enabled|disabled|localhost|\d{4,5})$/i

const MARK = '[redacted]'

/**
 * Hides the values of variables whose names suggest secrets, and tokens in addresses. It goes through each line
 * once, so the cost grows with the line and the environment, whatever the values are.
 */
export const redact = (lines: readonly string[], env: readonly string[]): string[] =>
  lines.map(redactor(env))

/** Makes a `redact` for one line after the other. */
export const redactor = (env: readonly string[]): ((line: string) => string) => {
  const secrets = secretsOf(env)
  return (line) => blotOut(line, secrets).replace(/(token=|password=)[^\s&"']+/gi, `$1${MARK}`)
}

/** The beginnings of secrets, by length. Each has the length of the longest secret with that beginning. */
type Secrets = ReadonlyMap<number, ReadonlyMap<string, number>>

const secretsOf = (env: readonly string[]): Secrets => {
  const heads = new Map<number, Map<string, number>>()
  for (const variable of env) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(variable) ?? []
    if (!/TOKEN|SECRET|PASSW|KEY|CREDENTIAL|COOKIE|AUTH/i.test(name)) continue
    // A key with several lines appears in a log as several lines.
    for (const part of value.split(/\r?\n/)) addSecret(heads, part)
  }
  // Longer beginnings come first, so that of two similar secrets the longer one is hidden.
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
