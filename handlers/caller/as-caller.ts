import type { Context } from 'hono'
import { type Act, auditing } from '../../src/spawner/audit.ts'
import { printable } from '../../src/spawner/errors.ts'
import type { Spawner } from '../../src/spawner/spawner.ts'
import type { Answering } from '../every-call/answer.ts'

const MAX_ID_LENGTH = 64

/** The spawner for one call: its acts tell who has called. */
export const asCaller = (
  spawner: Spawner,
  c: Pick<Context<Answering>, 'get' | 'req'>,
  more: Partial<Act> = {},
): Spawner => {
  const id = c.req.header('webhook-id')
  return auditing(spawner, {
    by: c.get('sign') ? 'hub' : 'admin',
    ...(id && { request_id: printable(id, MAX_ID_LENGTH) }),
    ...more,
  })
}
