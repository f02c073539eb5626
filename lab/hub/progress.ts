/** Where progress is written: standard output, or a test. */
export type Screen = { isTTY?: boolean; write: (text: string) => unknown }

export type Progress = {
  /** Begins the next step, and ends the one before. */
  say(sentence: string): void
  /** Ends the last step. */
  end(): void
}

/**
 * Shows steps, each with the seconds that it took. On a terminal the seconds count up while a step goes on, and
 * elsewhere, such as in a log, a step is one line at its beginning, and one more if it takes long.
 */
export const showProgress = (
  screen: Screen,
  { now = () => performance.now(), every = repeatEverySecond } = {},
): Progress => {
  let step: { sentence: string; since: number; toldS: number } | undefined
  let stopTicking = (): void => {}
  const secondsOf = (since: number): number => Math.floor((now() - since) / 1000)
  const tick = (): void => {
    if (step === undefined) return
    const seconds = secondsOf(step.since)
    if (screen.isTTY) screen.write(`\r${stepLine(step.sentence, seconds)}`)
    else if (seconds >= step.toldS + QUIET_S) {
      step.toldS = seconds
      screen.write(`  ${seconds} s so far: ${step.sentence}\n`)
    }
  }
  const end = (): void => {
    stopTicking()
    if (step !== undefined && screen.isTTY)
      screen.write(`\r${stepLine(step.sentence, secondsOf(step.since))}\n`)
    step = undefined
  }
  return {
    say: (sentence) => {
      end()
      step = { sentence, since: now(), toldS: 0 }
      screen.write(screen.isTTY ? stepLine(sentence, 0) : `${sentence} ...\n`)
      stopTicking = every(tick)
    },
    end,
  }
}

/** How long a log says nothing: people begin to wonder after half a minute. */
const QUIET_S = 30

/** A step on a terminal. The first seconds say nothing. */
export const stepLine = (sentence: string, seconds: number): string =>
  seconds < 2 ? `${sentence} ...` : `${sentence} ... ${seconds} s`

const repeatEverySecond = (tick: () => void): (() => void) => {
  const timer = setInterval(tick, 1000)
  return () => clearInterval(timer)
}
