import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { clearLeftovers, findLeftovers } from '../../src/spawner/gc.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { PolicyFile } from '../../src/spawner/policy/rules.ts'
import { poll } from '../../src/spawner/poll.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { start } from '../../src/spawner/start.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'
import type { ServerState } from '../../src/spawner/state/server-state.ts'
import { collect } from '../support/collect.ts'

const { signal } = new AbortController()
const HOUR = 3_600_000
const server = { username: 'alice', server_name: '' }

/** An Engine and copies of the service whose clocks a test sets. */
const openWorld = (policy: object) => {
  const begun = Date.parse('2026-11-28T10:00:00Z')
  let now = begun
  const { transport } = createEmbeddedEngine({ now: () => now, speed: 1000 })
  const rules = completePolicy(v.parse(PolicyFile, policy))
  const copy = (aheadMs = 0) =>
    createSpawner(transport, { policy: rules, now: () => now + aheadMs })
  const spawner = copy()
  const begin = async (more: object): Promise<ServerState | undefined> => {
    const request = v.parse(StartRequest, {
      server,
      issued_at: begun,
      config: { service_image: 'demo/notebook:1', networks: ['jupyterhub'] },
      ...more,
    })
    const enough = AbortSignal.abort()
    const states = await collect(start(spawner, { hub: 'default', request, signal, enough }))
    now += 5000
    return states.at(-1)
  }
  const polled = async (at = spawner) =>
    (await poll(at, { hub: 'default', servers: [server], signal }))[0]
  return { spawner, copy, begin, polled, pass: (ms: number) => (now += ms) }
}

test('a poll tells when the time of a server is over, and ends it then', async () => {
  const { begin, polled, pass } = openWorld({ max_runtime: '8h' })
  await begin({})
  expect(await polled()).toMatchObject({ state: 'running', ends_at: '2026-11-28T18:00:00.000Z' })
  pass(8 * HOUR - 6000)
  expect(await polled()).toMatchObject({ state: 'running' })
  pass(1000)
  expect(await polled()).toMatchObject({
    state: 'failed',
    status: 0,
    reason: 'Its time of 8 hours was over',
    user_message: 'The time of your server was over, so it was ended. You may start it again.',
  })
  // Its container has some seconds to stop.
  pass(60_000)
  expect(await polled()).toMatchObject({ state: 'absent' })
})

describe('the shorter time counts', () => {
  test.each([
    ['8h', '2h', '2026-11-28T12:00:00.000Z'],
    ['1h30m', '200h', '2026-11-28T11:30:00.000Z'],
    [undefined, '90s', '2026-11-28T10:01:30.000Z'],
    [undefined, undefined, undefined],
  ])('of %s in the policy and %s in the profile', async (ofPolicy, max_runtime, ends_at) => {
    const { begin, polled } = openWorld(ofPolicy ? { max_runtime: ofPolicy } : {})
    await begin({ profile: { slug: 'x', ...(max_runtime && { max_runtime }) } })
    expect((await polled())?.ends_at).toBe(ends_at)
  })
})

test('a copy whose clock is ahead ends a server early by no more than that', async () => {
  const { begin, polled, pass, copy } = openWorld({ max_runtime: '1h' })
  await begin({})
  pass(HOUR - 60_000)
  expect(await polled(copy(50_000))).toMatchObject({ state: 'running' })
  expect(await polled(copy(60_000))).toMatchObject({ state: 'failed' })
})

test('gc removes one that no hub has polled for ten minutes after its end', async () => {
  const { begin, pass, spawner } = openWorld({ max_runtime: '1h' })
  await begin({})
  const found = () =>
    findLeftovers(spawner, { hub: 'default', hubApi: undefined, olderThanMs: HOUR, signal })
  pass(HOUR + 500_000)
  expect((await found()).leftovers).toEqual([])
  pass(100_000)
  const survey = await found()
  expect(survey.leftovers).toMatchObject([{ why: 'its time of 60 minutes was over' }])
  expect(
    await collect(clearLeftovers(spawner, survey, { isRemoving: true, signal })),
  ).toMatchObject([{ outcome: 'removed' }])
})

describe('a user cannot make it longer', () => {
  const label = { 'org.swarmspawner.max-runtime': '360000' }
  test.each([
    { max_runtime: '100h' },
    { profile: { slug: 'x', max_runtime: '100h' } },
    { container_spec: { labels: label } },
  ])('by %j', async (user_options) => {
    const user = { labels: ['*', 'org.swarmspawner.*'], fields: ['*'] }
    const { begin, polled } = openWorld({ max_runtime: '1h', user })
    const config = { service_image: 'demo/notebook:1', networks: ['jupyterhub'] }
    await expect(
      begin({ config: { ...config, use_user_options: true }, user_options }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^(invalid_config|not_allowed)$/) })
    await begin({ config, user_options })
    expect((await polled())?.ends_at).toBe('2026-11-28T11:00:00.000Z')
  })
})

test('a hub cannot make it longer by a label', async () => {
  const { begin } = openWorld({ max_runtime: '1h', admin: { labels: ['*', 'org.swarmspawner.*'] } })
  const labels = { 'org.swarmspawner.max-runtime': '360000' }
  await expect(
    begin({ config: { service_image: 'demo/notebook:1', networks: ['jupyterhub'], labels } }),
  ).rejects.toMatchObject({ code: 'invalid_config' })
})
