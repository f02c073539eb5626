/**
 * The measures with a word in their names; all for an empty word. Throws if there are none, because a run of
 * nothing would pass.
 */
export const pickMeasures = <T>(
  measures: Readonly<Record<string, T>>,
  word: string,
): [name: string, measure: T][] => {
  const names = Object.keys(measures)
  const picked = Object.entries(measures).filter(([name]) => name.includes(word))
  if (picked.length > 0) return picked
  throw new Error(`--only ${word}: no measure has that in its name; there are ${names.join(', ')}`)
}
