/** The lanes for test files. A file chooses one with a line `// lane: <word>`, followed by a reason. */
export const LANES = {
  /** Most files: they run beside others, in any order. */
  beside: { stage: 'beside', width: 1 },
  /** Files that wait for timeouts and elections, and compute little. Four of them share a lane. */
  light: { stage: 'beside', width: 0.25 },
  /** Files that measure time. They run alone, at the end. */
  alone: { stage: 'alone', width: 1 },
} as const
type Lane = (typeof LANES)[keyof typeof LANES]

/** The lane that a file's source asks for. Throws if there is no such lane. */
export const laneOf = (file: string, source: string): Lane => {
  const word = /^\/\/ lane: *(\S*)/m.exec(source)?.[1] ?? 'beside'
  const found = Object.entries(LANES).find(([name]) => name === word)
  if (found) return found[1]
  const known = Object.keys(LANES).join(', ')
  throw new Error(`${file}: "// lane: ${word}" is not one of ${known}`)
}
