/** A sample of an exposition: its name, labels and value. */
export type ReadSample = { name: string; labels: Record<string, string>; value: number }

const LINE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y

/** Reads OpenMetrics as strictly as its grammar is for what we write. Throws for anything else. */
export const readMetrics = (text: string): ReadSample[] => {
  if (!text.endsWith('\n# EOF\n') && text !== '# EOF\n') throw new Error('no # EOF at the end')
  const lines = text.split('\n').slice(0, -2)
  const seen = new Set<string>()
  return lines.flatMap((line) => {
    if (/^# (?:TYPE [a-z_]+ (?:counter|gauge|histogram)|HELP [a-z_]+ [^\n]+)$/.test(line)) return []
    const [, name, labels = '', value] = LINE.exec(line) ?? []
    const series = line.slice(0, line.lastIndexOf(' '))
    if (name === undefined || !Number.isFinite(Number(value)) || seen.has(series))
      throw new Error(`no sample, or one more of the same: ${line}`)
    seen.add(series)
    return [{ name, labels: readLabels(labels), value: Number(value) }]
  })
}

const readLabels = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const [, name, value] = LABEL.exec(text) ?? []
    if (name === undefined || value === undefined || name in labels)
      throw new Error(`no labels: ${text}`)
    labels[name] = value.replace(/\\(.)/g, '$1')
  }
  return labels
}

/** The sum of all samples of a name with these labels. */
export const sumOf = (
  samples: readonly ReadSample[],
  name: string,
  labels: Record<string, string> = {},
): number =>
  samples
    .filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0)
