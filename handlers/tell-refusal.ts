import type { Spawner } from '../src/spawner/spawner.ts'
import type { StartRequest } from '../src/spawner/start-request.ts'
import { problemOf } from './errors.ts'
import { subjectOf } from './every-call/log-subject.ts'

/**
 * Writes a refused start into the audit log, with the rules that refused it. A start that may be sent again was not
 * refused: the Engine could not be asked, or its caller left.
 */
export const tellRefusal = (
  { audit }: Pick<Spawner, 'audit'>,
  { hub, request, error }: { hub: string; request: StartRequest; error: unknown },
): void => {
  const { code, detail, retryable, issues = [] } = problemOf(error)
  if (retryable) return
  const { server, spawn_id, profile } = request
  audit({
    act: 'refuse',
    hub,
    username: server.username,
    server_name: server.server_name,
    service: subjectOf(request).service,
    spawn_id,
    profile: profile?.slug,
    rules: issues.map(({ path, message }) => `${path}: ${message}`),
    code,
    reason: detail,
  })
}
