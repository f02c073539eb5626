import { printable } from '../../src/spawner/errors.ts'

export type Labels = Readonly<Record<string, string>>

/** One line: a value, with its labels. `suffix` is what follows the name of the family, such as `_bucket`. */
export type Sample = { suffix?: string; labels: Labels; value: number }

/** A metric with its samples. The name has no `_total`; OpenMetrics adds that to samples of counters. */
export type Family = {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  samples: readonly Sample[]
}

export const CONTENT_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

/** Host names of nodes come from others. Linux allows 64 characters. */
const MAX_LENGTH = 64

/** Writes families as OpenMetrics 1.0 (github.com/prometheus/OpenMetrics). Samples with the same labels are added up. */
export const writeOpenMetrics = (families: readonly Family[]): string =>
  `${families.map(writeFamily).join('')}# EOF\n`

const writeFamily = ({ name, type, help, samples }: Family): string => {
  if (samples.length === 0) return ''
  const lines = new Map<string, number>()
  for (const { suffix = type === 'counter' ? '_total' : '', labels, value } of samples) {
    const line = `${name}${suffix}${writeLabels(labels)}`
    lines.set(line, (lines.get(line) ?? 0) + value)
  }
  const written = [...lines].map(([line, value]) => `${line} ${value}\n`)
  return `# TYPE ${name} ${type}\n# HELP ${name} ${help}\n${written.join('')}`
}

const writeLabels = (labels: Labels): string => {
  const written = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return written.length === 0 ? '' : `{${written.join(',')}}`
}

const escaped = (text: string): string => printable(text, MAX_LENGTH).replace(/[\\"]/g, '\\$&')
