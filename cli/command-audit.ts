import { hostname, userInfo } from 'node:os'
import { createAudit } from '../handlers/audit/audit.node.ts'
import { readAuditTarget } from '../handlers/settings/audit-settings.ts'
import type { ProcessEnv } from '../src/docker/process-env.ts'
import type { Audit } from '../src/spawner/audit.ts'
import { printError } from './print.ts'

/** Only who runs the command, because it may be root. */
const MODE = 0o600

/**
 * The audit log of a command that changes the Swarm: where `SWARMSPAWNER_AUDIT` says, and nowhere without it, because the terminal of
 * a person is no log. Lines for a stream go to the standard error, because the standard output has the command's answer. Throws an
 * EnvError for a file that cannot be written, unless the command changes nothing (`isActing`); if that happens later, the standard
 * error says so.
 */
export const commandAudit = (env: ProcessEnv, command: string, isActing = true): Audit => {
  if (!isActing || !env['SWARMSPAWNER_AUDIT']) return () => {}
  const asked = readAuditTarget(env)
  const target = asked === 'stdout' ? 'stderr' : asked
  const complain = ({ message, detail }: { message: string; detail?: unknown }) =>
    printError(`error: ${message}, and lacks what this command has changed: ${detail}`)
  const write = createAudit(target, complain, { mode: MODE })
  const who = { by: 'command', command, ...personOf(env) } as const
  return (act) => write({ ...act, ...who })
}

/** Who runs this process, and where. In a container, both are the container's. */
const personOf = (env: ProcessEnv) => ({
  os_user: userName(),
  // Whoever may run commands as root may also set this variable.
  sudo_user: env['SUDO_USER'] || undefined,
  host: hostname(),
})

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
