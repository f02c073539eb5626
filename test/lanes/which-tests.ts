import { relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** What `npm test -- <args>` asks for: paths or parts of them, as vitest takes them, and vitest's own options. */
export type Asked = { paths: readonly string[]; options: readonly string[] }

/** Options whose value is the next argument; others have it behind a `=`. */
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

/** The part of `path:line` that names files. */
const withoutLine = (path: string): string => path.replace(/:\d+$/, '')

/** The files that are asked for: all of them, or those whose paths contain one of the given parts. */
export const chosen = (files: readonly string[], { paths }: Asked): string[] =>
  files.filter(
    (file) => paths.length === 0 || paths.some((path) => file.includes(withoutLine(path))),
  )

/** How vitest is told to run a file: as its path, or the lines of it that are asked for. */
export const filtersOf = (file: string, { paths }: Asked): string[] => {
  const lines = paths.filter((path) => /:\d+$/.test(path) && file.includes(withoutLine(path)))
  const whole = paths.filter((path) => !lines.includes(path) && file.includes(path))
  if (lines.length === 0 || whole.length > 0) return [file]
  return lines.map((path) => `${file}${path.slice(path.lastIndexOf(':'))}`)
}
