import type { LogEntry } from '../handlers/every-call/log.ts'
import { serveFromEnv } from '../handlers/node.ts'
import { reportFailure } from './exit-code.ts'
import { interruptSignal } from './interrupt.ts'
import { printJson } from './print.ts'

/** Runs the service until it is told to stop. */
export const runService = async (): Promise<void> => {
  try {
    const stopped = interruptSignal()
    const service = await serveFromEnv(process.env, log)
    stopped.addEventListener('abort', () => void service.close(), { once: true })
    log({ level: 'info', message: `listening on ${service.url}` })
  } catch (error) {
    reportFailure(error)
  }
}

const log = (entry: LogEntry): void => printJson({ time: new Date().toISOString(), ...entry })
