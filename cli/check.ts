/** One line of `doctor`. `advice` says what to do. */
export type Check = {
  level: 'ok' | 'warn' | 'fail'
  name: string
  message: string
  advice?: string
}

/** The result of a check, without its name. */
export type Outcome = Omit<Check, 'name'>

export const ok = (message: string): Outcome => ({ level: 'ok', message })

export const warning = (message: string, advice: string): Outcome => ({
  level: 'warn',
  message,
  advice,
})

export const failure = (message: string, advice: string): Outcome => ({
  level: 'fail',
  message,
  advice,
})

/** How long a check waits for one answer, in milliseconds: less than a start does, because a person watches. */
export const TIMEOUT_MS = 10_000

/** Runs a check. An error that it throws is the failure. */
export const check = async (
  name: string,
  run: () => Outcome | Promise<Outcome>,
): Promise<Check> => {
  try {
    return { name, ...(await run()) }
  } catch (error) {
    return { name, level: 'fail', message: error instanceof Error ? error.message : String(error) }
  }
}
