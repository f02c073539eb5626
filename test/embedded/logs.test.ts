import { describe, expect, test } from 'vitest'
import { decodeLogs } from '../../src/docker/log-stream.ts'
import { serviceLogs } from '../../src/docker/services.ts'
import { specOf, startEngine } from './start-engine.ts'

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('logs', () => {
  test('logs are frames of what the scenario writes, the last lines if asked', async () => {
    const { docker, create, pass } = startEngine()
    const id = await create(specOf('web'))
    expect(await collect(serviceLogs(docker, { id }))).toEqual([])
    pass(1000)
    const lines = await collect(serviceLogs(docker, { id }))
    expect(lines[0]?.text).toMatch(/embedded engine.*no container/)
    expect(lines.map(({ stream }) => stream)).toEqual(['stderr', 'stderr', 'stderr'])
    expect(await collect(serviceLogs(docker, { id, tail: 1 }))).toEqual(lines.slice(-1))
  })

  test('logs have their time if asked', async () => {
    const { create, pass, call } = startEngine()
    await create(specOf('web', 'exit-0'))
    pass(1000)
    const { body } = await call('/services/web/logs?stdout=1&timestamps=1')
    if (!body) throw new Error('no body')
    expect(await collect(decodeLogs(body, { isRaw: false }))).toEqual([
      { stream: 'stdout', text: '2026-11-23T10:00:00.47Z finished' },
    ])
  })

  test('logs are bare bytes of a service with a terminal', async () => {
    const { create, pass, call } = startEngine()
    await create(specOf('web', 'exit-0', { ContainerSpec: { Image: 'exit-0', TTY: true } }))
    pass(1000)
    const response = await call('/services/web/logs?stdout=1')
    expect(response.headers.get('content-type')).toBe('application/vnd.docker.raw-stream')
    expect(await response.text()).toBe('finished\r\n')
  })

  test('logs go on with follow until the reader leaves', async () => {
    const { docker, create, pass } = startEngine()
    const id = await create(specOf('web', 'exit-0'))
    const leave = new AbortController()
    const lines = serviceLogs(docker, { id, follow: true, signal: leave.signal })
    const first = lines.next()
    setTimeout(() => pass(1000), 20)
    expect((await first).value).toEqual({ stream: 'stdout', text: 'finished' })
    leave.abort(new Error('enough'))
    await expect(lines.next()).rejects.toThrow('enough')
  })
})
