/** How a file of tests runs; it says so itself, in a line `// lane: <word>`, with a reason behind it. */
export const LANES = {
  /** Like most: beside others, as they come. */
  beside: { stage: 'beside', width: 1 },
  /** Waits for timeouts and elections, and computes little: two of them share a lane. */
  light: { stage: 'beside', width: 0.5 },
  /** Computes all the time, as a virtual machine does: takes two lanes. */
  heavy: { stage: 'beside', width: 2 },
  /** Measures time or memory: at the end, and alone. */
  alone: { stage: 'alone', width: 1 },
} as const
type Lane = (typeof LANES)[keyof typeof LANES]

/** The lane that a file's source asks for; throws where there is no such lane. */
export const laneOf = (file: string, source: string): Lane => {
  const word = /^\/\/ lane: *(\S*)/m.exec(source)?.[1] ?? 'beside'
  const found = Object.entries(LANES).find(([name]) => name === word)
  if (found) return found[1]
  const known = Object.keys(LANES).join(', ')
  throw new Error(`${file}: "// lane: ${word}" is not one of ${known}`)
}
