import { askHealth } from './ask-health.ts'

/**
 * `swarmspawner health` without options, as a container's health check runs it all day. It loads neither the
 * command line's parser nor schemas, which were more than half of its time.
 */
export const checkHealth = async (): Promise<void> => {
  try {
    const { url, problem } = await askHealth(process.env, '/health')
    if (problem === undefined) process.stdout.write(`${url}: ok\n`)
    else await tell(`${url}: ${problem}`)
  } catch (error) {
    ;(await import('./exit-code.ts')).reportFailure(error)
  }
}

/** What is wrong may be in somebody else's words, and they need the care of the other commands. */
const tell = async (text: string): Promise<void> => {
  ;(await import('./print.ts')).print(text)
  process.exitCode = 1
}
