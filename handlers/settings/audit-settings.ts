import type { ProcessEnv } from '../../src/docker/process-env.ts'
import { EnvError } from './env-error.ts'

/** Where the audit log goes. */
export type AuditTarget = 'off' | 'stdout' | 'stderr' | { file: string }

/** Reads where the audit log goes: by default to the standard error, which has nothing else. Throws an EnvError. */
export const readAuditTarget = (env: ProcessEnv): AuditTarget => {
  const text = env['SWARMSPAWNER_AUDIT'] || 'stderr'
  if (text === 'off' || text === 'stdout' || text === 'stderr') return text
  if (text.startsWith('/')) return { file: text }
  throw new EnvError(
    'SWARMSPAWNER_AUDIT must be stderr, stdout, off, or the whole path of a file, such as /var/log/swarmspawner/audit.log',
  )
}
