import type { Audit } from '../../src/spawner/audit.ts'
import { jsonText } from '../every-call/json-text.ts'
import type { Log } from '../every-call/log.ts'
import type { AuditTarget } from '../settings/audit-settings.ts'
import { EnvError } from '../settings/env-error.ts'
import { auditLine } from './audit-line.ts'
import { fileWriter, type LineWriter, streamWriter } from './line-writer.node.ts'

/** 1 minute between two complaints about an audit log that cannot be written. */
const COMPLAIN_EVERY_MS = 60_000
/** Only the service and its group read who runs what. */
const MODE = 0o640

type AuditOptions = {
  now?: () => number
  /** Who may read and write a file that is made. */
  mode?: number
  /** Called for each line that is lost. */
  onLost?: () => void
}

/**
 * Makes the audit log of a process. Throws an EnvError for a file that cannot be written; later, the log complains, and the service
 * goes on. It never throws.
 */
export const createAudit = (
  target: AuditTarget,
  log: Log,
  { now = Date.now, mode = MODE, onLost = () => {} }: AuditOptions = {},
): Audit => {
  if (target === 'off') return () => {}
  const write = writerOf(target, mode)
  let complainedMs = Number.NEGATIVE_INFINITY
  return (act) => {
    try {
      write(`${jsonText(auditLine(act, now()))}\n`)
    } catch (error) {
      onLost()
      if (now() - complainedMs < COMPLAIN_EVERY_MS) return
      complainedMs = now()
      log({ level: 'error', message: 'the audit log cannot be written', detail: String(error) })
    }
  }
}

const writerOf = (target: Exclude<AuditTarget, 'off'>, mode: number): LineWriter => {
  if (target === 'stdout') return streamWriter(1)
  if (target === 'stderr') return streamWriter(2)
  const write = fileWriter(target.file, mode)
  try {
    write('')
  } catch (cause) {
    throw new EnvError(`SWARMSPAWNER_AUDIT: ${target.file} cannot be written`, { cause })
  }
  return write
}
