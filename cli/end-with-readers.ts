import { writeSync } from 'node:fs'

/**
 * Ends the program when nobody reads its output any more, as `head` does, and silently. If the output cannot be
 * written for another reason, such as a full disk, the program says so and exits with 1.
 */
export const endWithReaders = (): void => {
  for (const output of [process.stdout, process.stderr])
    output.once('error', (error) => {
      if ('code' in error && error.code === 'EPIPE') process.exit()
      if (output === process.stdout)
        sayOnStderr(`error: the output can't be written: ${error.message}\n`)
      process.exit(1)
    })
}

/** Written at once, because the program ends. Standard error may be closed as well. */
const sayOnStderr = (line: string): void => {
  try {
    writeSync(2, line)
  } catch {
    // Nobody can be told.
  }
}
