import { appendFileSync } from 'node:fs'
import type { Audit } from '../../src/spawner/audit.ts'
import { jsonText } from '../every-call/json-text.ts'
import type { Log } from '../every-call/log.ts'
import type { AuditTarget } from '../settings/audit-settings.ts'
import { EnvError } from '../settings/env-error.ts'
import { auditLine } from './audit-line.ts'

/** 1 minute between two complaints about a file that cannot be written. */
const COMPLAIN_EVERY_MS = 60_000
/** Only the service and its group read who runs what. */
const MODE = 0o640

/**
 * Makes the audit log of a process. A file is opened for each line, so that it may be moved away at any time. Throws an
 * EnvError for a file that cannot be written; later, the log complains, and the service goes on.
 */
export const createAudit = (target: AuditTarget, log: Log, now = Date.now): Audit => {
  if (target === 'off') return () => {}
  const write = writerOf(target)
  let complainedMs = Number.NEGATIVE_INFINITY
  return (act) => {
    try {
      write(`${jsonText(auditLine(act, now()))}\n`)
    } catch (error) {
      if (now() - complainedMs < COMPLAIN_EVERY_MS) return
      complainedMs = now()
      log({ level: 'error', message: 'the audit log cannot be written', detail: String(error) })
    }
  }
}

const writerOf = (target: Exclude<AuditTarget, 'off'>): ((line: string) => void) => {
  if (target === 'stdout') return (line) => void process.stdout.write(line)
  if (target === 'stderr') return (line) => void process.stderr.write(line)
  const write = (line: string) => appendFileSync(target.file, line, { mode: MODE })
  try {
    write('')
  } catch (cause) {
    throw new EnvError(`SWARMSPAWNER_AUDIT: ${target.file} cannot be written`, { cause })
  }
  return write
}
