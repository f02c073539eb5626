import { expect, test } from 'vitest'
import { DockerError, type DockerErrorCode } from '../../src/docker/errors.ts'
import { failover } from '../../src/docker/failover.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'

type Manager = { transport: EngineTransport; asked: number; fails: unknown }

const manager = (fails?: unknown): Manager => {
  const self: Manager = {
    asked: 0,
    fails,
    transport: async () => {
      self.asked++
      if (self.fails !== undefined) throw self.fails
      return { status: 200, header: () => undefined, body: (async function* () {})() }
    },
  }
  return self
}

const error = (code: DockerErrorCode) => new DockerError(code, code)
const ask = (transport: EngineTransport) =>
  transport({ method: 'GET', path: '/x', signal: AbortSignal.timeout(5000) })
const asked = (managers: Manager[]) => managers.map((one) => one.asked)

test('the first manager is asked as long as it answers', async () => {
  const managers = [manager(), manager()] as const
  const transport = failover([managers[0].transport, managers[1].transport])
  await ask(transport)
  await ask(transport)
  expect(asked([...managers])).toEqual([2, 0])
})

test.each(['unreachable', 'permission_denied', 'tls'] as const)(
  'a manager that is %s is passed over, and the next one kept',
  async (code) => {
    const managers = [manager(error(code)), manager(), manager()] as const
    const transport = failover([
      managers[0].transport,
      managers[1].transport,
      managers[2].transport,
    ])
    await ask(transport)
    await ask(transport)
    expect(asked([...managers])).toEqual([1, 2, 0])
  },
)

test.each(['connection_lost', 'timeout', 'no_leader', 'conflict'] as const)(
  'a request that ended as %s may have been heard, and is not sent again',
  async (code) => {
    const managers = [manager(error(code)), manager()] as const
    const transport = failover([managers[0].transport, managers[1].transport])
    await expect(ask(transport)).rejects.toMatchObject({ code })
    expect(asked([...managers])).toEqual([1, 0])
  },
)

test('an abort is not an unreachable manager', async () => {
  const managers = [manager('enough'), manager()] as const
  const transport = failover([managers[0].transport, managers[1].transport])
  await expect(ask(transport)).rejects.toBe('enough')
  expect(asked([...managers])).toEqual([1, 0])
})

test('each manager is asked once where none can be reached, and again by the next request', async () => {
  const managers = [manager(error('unreachable')), manager(error('tls'))] as const
  const transport = failover([managers[0].transport, managers[1].transport])
  await expect(ask(transport)).rejects.toBeInstanceOf(DockerError)
  expect(asked([...managers])).toEqual([1, 1])
  managers[0].fails = undefined
  await ask(transport)
  expect(managers[0].asked).toBe(2)
})

test('after the last manager comes the first', async () => {
  const managers = [manager(error('unreachable')), manager()] as const
  const transport = failover([managers[0].transport, managers[1].transport])
  await ask(transport)
  managers[0].fails = undefined
  managers[1].fails = error('unreachable')
  await ask(transport)
  await ask(transport)
  expect(asked([...managers])).toEqual([3, 2])
})

test('one manager alone is asked once', async () => {
  const only = manager(error('unreachable'))
  await expect(ask(failover([only.transport]))).rejects.toMatchObject({ code: 'unreachable' })
  expect(only.asked).toBe(1)
})
