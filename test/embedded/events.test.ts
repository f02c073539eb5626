import { describe, expect, test } from 'vitest'
import { watchEvents } from '../../src/docker/events.ts'
import { findService, removeService } from '../../src/docker/services.ts'
import { specOf, startEngine } from './start-engine.ts'

describe('events', () => {
  test('events tell of services as they are created, updated and removed, until the listener leaves', async () => {
    const { docker, create, update } = startEngine()
    const leave = new AbortController()
    const events = watchEvents(docker, {
      filters: { type: ['service'] },
      signal: leave.signal,
    })
    const first = events.next()
    await new Promise((resolve) => setTimeout(resolve, 10))
    const id = await create(specOf('web'))
    expect((await first).value).toMatchObject({
      Action: 'create',
      Actor: { ID: id, Attributes: { name: 'web' } },
      scope: 'swarm',
    })
    const version = (await findService(docker, { id }))?.Version.Index ?? 0
    await update(id, version, specOf('web', 'other'))
    await removeService(docker, { id })
    expect((await events.next()).value).toMatchObject({
      Action: 'update',
      Actor: { Attributes: { 'image.old': 'lab/notebook:1', 'image.new': 'other' } },
    })
    await events.next()
    expect((await events.next()).value).toMatchObject({ Action: 'remove' })
    leave.abort(new Error('enough'))
    await expect(events.next()).rejects.toThrow('enough')
  })

  test.each([
    ['1.51', 'application/json'],
    ['1.52', 'application/jsonl'],
    ['1.55', 'application/jsonl'],
  ])('events in API %s of Engine 29.7 are %s', async (version, type) => {
    const { call, docker, create } = startEngine({ as: '29.7' })
    await create(specOf('web'))
    const path = `/v${version}/events?since=0&until=${Date.parse('2026-11-23T10:00:00Z') / 1000}`
    expect((await call(path)).headers.get('content-type')).toBe(type)
    const events = watchEvents(docker, { since: '0' })
    expect((await events.next()).value).toMatchObject({ Action: 'create' })
    await events.return(undefined)
  })

  test('events of the past are told again, and end at `until`', async () => {
    const { docker, create, pass, call } = startEngine()
    await create(specOf('web'))
    pass(1000)
    await create(specOf('db'))
    const start = Date.parse('2026-11-23T10:00:00Z') / 1000
    const names: (string | undefined)[] = []
    for await (const { Actor } of watchEvents(docker, {
      since: `${start}`,
      until: `${start + 0.5}`,
    }))
      names.push(Actor.Attributes['name'])
    expect(names).toEqual(['web'])
    const filtered = `/events?since=0&until=${start + 1}&filters={"event":["remove"]}`
    expect(await (await call(filtered)).text()).toBe('')
  })
})
