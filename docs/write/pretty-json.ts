const WIDTH = 100

/**
 * JSON in the form of the project's formatter: one line for each key of an object, and lists of plain values on
 * one line if they fit.
 */
export const prettyJson = (value: unknown): string => `${pretty(value, '', 0)}\n`

/** `taken` is the length of the line before and after the value. */
const pretty = (value: unknown, indent: string, taken: number): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const isList = Array.isArray(value)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  if (entries.length === 0) return isList ? '[]' : '{}'
  const line = `[${entries.map(([, item]) => JSON.stringify(item)).join(', ')}]`
  const isPlain = entries.every(([, item]) => typeof item !== 'object' || item === null)
  if (isList && isPlain && indent.length + taken + line.length <= WIDTH) return line
  const deeper = `${indent}  `
  const lines = entries.map(([key, item], index) => {
    const name = isList ? '' : `${JSON.stringify(key)}: `
    const comma = index < entries.length - 1 ? 1 : 0
    return `${deeper}${name}${pretty(item, deeper, name.length + comma)}`
  })
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`
}
