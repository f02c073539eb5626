import { relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/**
 * The arguments of `npm test -- <args>`: paths or parts of them, as vitest takes them, and vitest's own
 * options.
 */
export type Asked = { paths: readonly string[]; options: readonly string[] }

/** Options whose value is the next argument. Other options have it after a `=`. */
const WITH_VALUE = ['-t', '--testNamePattern']

export const askedFor = (args: readonly string[]): Asked => {
  const isOption = (nth: number) =>
    args[nth]?.startsWith('-') || WITH_VALUE.includes(args[nth - 1] ?? '')
  const all = [...args.keys()]
  const pick = (nths: number[]) => nths.map((nth) => args[nth] ?? '')
  return {
    paths: pick(all.filter((nth) => !isOption(nth))).map(fromRoot),
    options: pick(all.filter(isOption)),
  }
}

const fromRoot = (path: string): string =>
  path.startsWith('/') || path.startsWith('./') ? relative(root, resolve(root, path)) : path

/** The path in `path:line`. */
const withoutLine = (path: string): string => path.replace(/:\d+$/, '')

/** The files that were asked for: all, or those whose paths contain one of the parts. */
export const chosen = (files: readonly string[], { paths }: Asked): string[] =>
  files.filter(
    (file) => paths.length === 0 || paths.some((path) => file.includes(withoutLine(path))),
  )

/** The filters for vitest to run a file: its path, or the lines in it that were asked for. */
export const filtersOf = (file: string, { paths }: Asked): string[] => {
  const lines = paths.filter((path) => /:\d+$/.test(path) && file.includes(withoutLine(path)))
  const whole = paths.filter((path) => !lines.includes(path) && file.includes(path))
  if (lines.length === 0 || whole.length > 0) return [file]
  return lines.map((path) => `${file}${path.slice(path.lastIndexOf(':'))}`)
}
