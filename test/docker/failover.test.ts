import { describe, expect, test } from 'vitest'
import { readText } from '../../src/docker/body.ts'
import { DockerError, type DockerErrorCode } from '../../src/docker/errors.ts'
import { failover } from '../../src/docker/failover.ts'
import type { EngineRequest, EngineTransport } from '../../src/docker/transport.ts'

/** What a manager does with a request: answers with a status and a text, throws, or stays silent. */
type Deed = { status: number; text?: string } | { thrown: unknown } | 'silence'
type Manager = { transport: EngineTransport; asked: number; deed: Deed }

const manager = (deed: Deed = { status: 200 }): Manager => {
  const self: Manager = {
    asked: 0,
    deed,
    transport: async ({ signal }) => {
      self.asked++
      if (self.deed === 'silence') return silence(signal)
      if ('thrown' in self.deed) throw self.deed.thrown
      const { status, text = '' } = self.deed
      return { status, header: () => undefined, body: bytesOf(text) }
    },
  }
  return self
}

const silence = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function* bytesOf(text: string) {
  yield new TextEncoder().encode(text)
}

const failing = (code: DockerErrorCode) => manager({ thrown: new DockerError(code, code) })
const answering = (status: number, message: string) =>
  manager({ status, text: JSON.stringify({ message }) })

const W =
  "This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state."
const LOCKED = 'Swarm is encrypted and needs to be unlocked before it can be used.'
const EOF = 'rpc error: code = Unavailable desc = error reading from server: EOF'
const NO_LEADER = 'rpc error: code = Unknown desc = The swarm does not have a leader.'

const over = ([first, ...others]: readonly [Manager, ...Manager[]]) =>
  failover([first.transport, ...others.map(({ transport }) => transport)], { patienceMs: 20 })

const ask = async (
  transport: EngineTransport,
  method: EngineRequest['method'] = 'GET',
  signal = new AbortController().signal,
) => {
  const response = await transport({ method, path: '/x', signal })
  return { status: response.status, text: await readText(response, 'it', signal) }
}
const asked = (managers: readonly Manager[]) => managers.map((one) => one.asked)
const timeUp = () => new DockerError('timeout', 'GET /x: no answer within 25 s')

test('the first manager is asked as long as it serves', async () => {
  const managers = [manager(), manager()] as const
  const transport = over(managers)
  await ask(transport)
  await ask(transport)
  expect(asked(managers)).toEqual([2, 0])
})

test('an Engine that is the only manager is not wrapped at all', () => {
  const { transport } = manager()
  expect(failover([transport])).toBe(transport)
})

describe.each(['GET', 'HEAD', 'DELETE', 'POST'] as const)('a %s', (method) => {
  test.each(['unreachable', 'permission_denied', 'tls'] as const)(
    `a ${method} goes on if a manager is %s, and stays with the next one`,
    async (code) => {
      const managers = [failing(code), manager(), manager()] as const
      const transport = over(managers)
      await ask(transport, method)
      await ask(transport, method)
      expect(asked(managers)).toEqual([1, 2, 0])
    },
  )

  test.each([W, LOCKED])(`a ${method} goes on if a manager says: %s`, async (message) => {
    const managers = [answering(503, message), manager()] as const
    const transport = over(managers)
    expect(await ask(transport, method)).toMatchObject({ status: 200 })
    await ask(transport, method)
    expect(asked(managers)).toEqual([1, 2])
  })

  test.each([
    [404, 'no such thing'],
    [409, 'name conflicts with an existing object'],
    [500, 'network nosuch not found'],
  ])(`a ${method} ends with an answer of %i, and is handed all of it`, async (status, message) => {
    const managers = [answering(status, message), manager()] as const
    const transport = over(managers)
    expect(await ask(transport, method)).toEqual({ status, text: JSON.stringify({ message }) })
    await ask(transport, method)
    expect(asked(managers)).toEqual([2, 0])
  })
})

describe.each([
  ['a connection that broke', failing('connection_lost'), 'connection_lost'],
  ['a 503 of a broken connection', answering(503, EOF), 'unavailable'],
  ['a manager without a leader', answering(500, NO_LEADER), 'no_leader'],
] as const)('after %s', (_, broken, code) => {
  test.each(['GET', 'HEAD', 'DELETE'] as const)(
    `after ${code}, a %s is sent to the next manager`,
    async (method) => {
      broken.asked = 0
      const managers = [broken, manager()] as const
      expect(await ask(over(managers), method)).toMatchObject({ status: 200 })
      expect(asked(managers)).toEqual([1, 1])
    },
  )

  test(`after ${code}, a POST may have been carried out: only the next request asks another manager`, async () => {
    broken.asked = 0
    const managers = [broken, manager()] as const
    const transport = over(managers)
    await expect(ask(transport, 'POST')).rejects.toMatchObject({ code })
    expect(asked(managers)).toEqual([1, 0])
    await ask(transport, 'POST')
    expect(asked(managers)).toEqual([1, 1])
  })
})

describe('a manager that is silent', () => {
  test.each(['GET', 'HEAD', 'DELETE'] as const)(
    'a manager that is silent keeps a %s only for a while',
    async (method) => {
      const managers = [manager('silence'), manager()] as const
      const transport = over(managers)
      await ask(transport, method)
      await ask(transport, method)
      expect(asked(managers)).toEqual([1, 2])
    },
  )

  test('a manager that is silent keeps a POST until its deadline, and is not asked next', async () => {
    const managers = [manager('silence'), manager()] as const
    const [transport, deadline] = [over(managers), new AbortController()]
    setTimeout(() => deadline.abort(timeUp()), 60)
    await expect(ask(transport, 'POST', deadline.signal)).rejects.toMatchObject({ code: 'timeout' })
    expect(asked(managers)).toEqual([1, 0])
    await ask(transport)
    expect(asked(managers)).toEqual([1, 1])
  })

  test('a manager that is silent has all of the time if it is the last', async () => {
    const managers = [failing('unreachable'), manager('silence')] as const
    const [transport, deadline] = [over(managers), new AbortController()]
    setTimeout(() => deadline.abort(timeUp()), 60)
    const begun = performance.now()
    await expect(ask(transport, 'GET', deadline.signal)).rejects.toMatchObject({ code: 'timeout' })
    expect(performance.now() - begun).toBeGreaterThan(50)
    expect(asked(managers)).toEqual([1, 1])
  })

  test('a manager that is silent is waited for beside the others, and has the request if it serves first', async () => {
    const ends: string[] = []
    const slow = (name: string, ms: number): EngineTransport => {
      const { transport } = manager({ status: 200, text: name })
      return async (request) => {
        request.signal.addEventListener('abort', () => ends.push(name))
        await sleep(ms)
        return transport(request)
      }
    }
    const transports = [
      slow('first', 60),
      slow('second', 200),
      failing('unreachable').transport,
    ] as const
    expect(await ask(failover(transports, { patienceMs: 20 }))).toEqual({
      status: 200,
      text: 'first',
    })
    expect(ends).toEqual(['second'])
  })

  test('a manager that is silent is waited for if all others are in trouble', async () => {
    const late = answering(500, NO_LEADER)
    const elected = async (request: EngineRequest) => {
      await sleep(60)
      return late.transport(request)
    }
    const transport = failover(
      [elected, answering(503, W).transport, failing('unreachable').transport],
      {
        patienceMs: 20,
      },
    )
    late.deed = { status: 200, text: 'elected' }
    expect(await ask(transport)).toEqual({ status: 200, text: 'elected' })
  })

  test('a manager that falls silent does not end the reading of an answer that it has begun', async () => {
    const slow: EngineTransport = async ({ signal }) => ({
      status: 200,
      header: () => undefined,
      body: (async function* () {
        await sleep(60)
        signal.throwIfAborted()
        yield new TextEncoder().encode('late')
      })(),
    })
    const transport = failover([slow, manager().transport], { patienceMs: 20 })
    expect(await ask(transport)).toEqual({ status: 200, text: 'late' })
  })
})

test('a caller who goes is no fault of the manager', async () => {
  const managers = [manager('silence'), manager()] as const
  const transport = over(managers)
  await expect(ask(transport, 'GET', AbortSignal.timeout(5))).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  managers[0].deed = { status: 200 }
  await ask(transport)
  expect(asked(managers)).toEqual([2, 0])
})

test('each manager is asked once if none can be reached, and again by the next request', async () => {
  const managers = [failing('unreachable'), failing('tls')] as const
  const transport = over(managers)
  await expect(ask(transport)).rejects.toMatchObject({ code: 'tls' })
  expect(asked(managers)).toEqual([1, 1])
  managers[0].deed = { status: 200 }
  await ask(transport)
  expect(managers[0].asked).toBe(2)
})

test('an answer tells more than a silence or a closed door if no manager can serve', async () => {
  const managers = [
    failing('unreachable'),
    answering(500, NO_LEADER),
    failing('unreachable'),
  ] as const
  await expect(ask(over(managers))).rejects.toMatchObject({
    code: 'no_leader',
    message: 'GET /x: The swarm does not have a leader.',
    httpStatus: 500,
  })
})

test('the manager after the last one is the first', async () => {
  const managers = [failing('unreachable'), manager()] as const
  const transport = over(managers)
  await ask(transport)
  managers[0].deed = { status: 200 }
  managers[1].deed = { thrown: new DockerError('unreachable', 'gone') }
  await ask(transport)
  await ask(transport)
  expect(asked(managers)).toEqual([3, 2])
})

test('many requests that fail at once go on by one manager, not by one each', async () => {
  const managers = [failing('unreachable'), manager(), manager()] as const
  const transport = over(managers)
  await Promise.all([ask(transport), ask(transport), ask(transport)])
  await ask(transport)
  expect(asked(managers)).toEqual([3, 4, 0])
})
