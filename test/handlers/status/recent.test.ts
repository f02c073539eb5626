import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { createRecent } from '../../../handlers/status/recent.ts'
import { DockerError } from '../../../src/docker/errors.ts'
import { SpawnError } from '../../../src/spawner/errors.ts'
import { StartRequest } from '../../../src/spawner/start-request.ts'
import { HOSTILE, UNPRINTABLE } from '../../support/hostile-engine.ts'

const requestOf = (username: string) =>
  v.parse(StartRequest, { server: { username }, config: { service_image: 'demo/notebook:1' } })

describe('what this copy of the service remembers', () => {
  test('it knows why a start was refused or not possible, and what to do', () => {
    let now = 1000
    const recent = createRecent(() => now)
    recent.startFailed('default', requestOf('ann'), new SpawnError('not_allowed', 'mounts.0: no'))
    now = 2000
    const words = 'write /var/lib/docker/tmp: no space left on device'
    const refusal = new DockerError('bad_request', words, { engineMessage: words })
    recent.startFailed('other', requestOf('bob'), refusal)
    const [newest, older] = recent.failures()
    expect(newest).toMatchObject({ atMs: 2000, hub: 'other', username: 'bob' })
    expect(newest).toMatchObject({ outcome: 'engine_bad_request', image: 'demo/notebook:1' })
    expect(newest?.advice).toMatch(/./)
    expect(older).toMatchObject({ username: 'ann', outcome: 'not_allowed', reason: 'mounts.0: no' })
  })

  test('it knows starts that have failed and servers that failed later, and no others', () => {
    const recent = createRecent(() => 0)
    const start = {
      ...{ hub: 'default', server_name: '', service: 's', spawn_id: '1', node: 'node-1' },
      ...{ image: 'demo/notebook:1', seconds: 1, reason: 'task: non-zero exit (1)' },
    }
    recent.startEnded({ ...start, username: 'fails', outcome: 'failed' })
    recent.startEnded({ ...start, username: 'runs', outcome: 'running' })
    recent.startEnded({ ...start, username: 'stops', outcome: 'stopped' })
    const end = { ...start, act: 'end' } as const
    recent.acted({ ...end, username: 'dies', outcome: 'failed (137)' })
    recent.acted({ ...end, username: 'leaves', outcome: 'exited (0)' })
    recent.acted({ ...end, act: 'stop', username: 'asks', outcome: 'failed (1)' })
    expect(recent.failures().map(({ username }) => username)).toEqual(['fails', 'dies'])
  })

  test('a server is in it once, and a hub pushes out only its own', () => {
    let now = 0
    const recent = createRecent(() => now++)
    const error = new SpawnError('invalid_name', 'too long')
    recent.startFailed('other', requestOf('first'), error)
    for (let nth = 0; nth < 10_000; nth++)
      recent.startFailed('default', requestOf(`user-${nth}`), error)
    recent.startFailed('default', requestOf('user-9999'), error)
    const names = recent.failures().map(({ username }) => username)
    expect(names).toHaveLength(51)
    expect(names.slice(0, 2)).toEqual(['user-9999', 'user-9998'])
    expect(names.at(-1)).toBe('first')
  })

  test('texts of others are short and printable', () => {
    const recent = createRecent(() => 0)
    const text = HOSTILE + 'x'.repeat(10_000)
    const server = { hub: text, username: text, server_name: text }
    recent.acted({
      ...server,
      act: 'end',
      outcome: 'failed',
      reason: text,
      image: text,
      node: text,
    })
    const [failure] = recent.failures()
    expect(Object.keys(failure ?? {})).toHaveLength(9)
    for (const value of Object.values(failure ?? {})) {
      expect(String(value)).not.toMatch(UNPRINTABLE)
      expect(String(value).length).toBeLessThanOrEqual(500)
    }
  })
})
