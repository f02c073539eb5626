import { printable } from '../../src/spawner/errors.ts'
import type { StartRequest } from '../../src/spawner/start-request.ts'
import type { Log } from './log.ts'
import { subjectOf } from './log-subject.ts'

/** More than start at the same time. Above that, a start that is sent again may be warned of again. */
const MAX_KNOWN = 1000

/** A warning has two texts of the Engine, each of 2 KiB at most. */
const MAX_LENGTH = 5000

type Warn = (warnings: readonly string[]) => void

/** Logs the warnings of a start once: a hub sends each start several times. Undefined for one that was logged. */
export const createStartWarnings = (
  log: Log,
): ((hub: string, request: StartRequest) => Warn | undefined) => {
  const known = new Set<string>()
  return (hub, request) => {
    const { service } = subjectOf(request)
    const key = JSON.stringify([hub, service, request.spawn_id])
    if (known.has(key)) return undefined
    return (warnings) => {
      if (known.size >= MAX_KNOWN) known.clear()
      known.add(key)
      for (const warning of warnings)
        log({ level: 'warn', message: printable(warning, MAX_LENGTH), hub, service })
    }
  }
}
