/** Answers of the Engine that are good enough for some seconds. */
const KEPT_MS = 5000
/** What takes long to ask is asked less often: at most a tenth of the time goes into it. */
const TIMES_AS_LONG = 10
/** More than any hub has of anything. */
const MAX_KEYS = 1000

/**
 * Asks for something by its key, once for all who ask within `keptMs`, whatever the answer; one that failed is kept as
 * long. `keptFor` may say how long an answer is kept. Give it nobody's signal: a caller who leaves must not take the answer from the others.
 */
export const keepAnswers = <T>(
  ask: (key: string) => Promise<T>,
  now: () => number,
  keptMs = KEPT_MS,
  keptFor: (key: string, answer: T) => number = () => keptMs,
): ((key: string) => Promise<T>) => {
  const kept = new Map<string, { until: number; answer: Promise<T> }>()
  return (key) => {
    const known = kept.get(key)
    if (known && now() < known.until) return known.answer
    if (kept.size >= MAX_KEYS) kept.clear()
    const begun = now()
    const asked = { until: Number.POSITIVE_INFINITY, answer: ask(key) }
    kept.set(key, asked)
    const settle = (forMs: number) => {
      asked.until = now() + Math.max(forMs, TIMES_AS_LONG * (now() - begun))
    }
    asked.answer.then(
      (answer) => settle(keptFor(key, answer)),
      () => settle(keptMs),
    )
    return asked.answer
  }
}
