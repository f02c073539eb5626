import { serveFromEnv } from '../handlers/node.ts'
import { reportFailure } from './exit-code.ts'
import { interruptSignal } from './interrupt.ts'
import { createServiceLog } from './service-log.ts'

/** Runs the service until it is told to stop. */
export const runService = async (): Promise<void> => {
  try {
    const log = createServiceLog()
    const stopped = interruptSignal()
    const service = await serveFromEnv(process.env, log)
    stopped.addEventListener('abort', () => void service.close(), { once: true })
    log({ level: 'info', message: `listening on ${service.url}` })
  } catch (error) {
    reportFailure(error)
  }
}
