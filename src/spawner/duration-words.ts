const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** Writes a length of time in the largest whole unit of which it has at least two: `90 minutes`, `3 hours`. */
export const inWords = (ms: number): string => {
  const [unit, size] = UNITS.find(([, size]) => ms >= 2 * size) ?? ['minute', 60_000]
  const count = Math.max(0, Math.floor(ms / size))
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** Writes a short length of time that is announced: `90 seconds`, `10 minutes`. */
export const secondsInWords = (seconds: number): string => {
  const [count, unit] =
    seconds < 120 ? [Math.round(seconds), 'second'] : [Math.round(seconds / 60), 'minute']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
