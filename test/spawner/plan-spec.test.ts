import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { finishSpec } from '../../src/spawner/build-spec.ts'
import { type EngineFacts, NOT_ASKED } from '../../src/spawner/engine/engine-facts.ts'
import { explain } from '../../src/spawner/explain.ts'
import { planSpec } from '../../src/spawner/plan-spec.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { start } from '../../src/spawner/start.ts'
import { StartRequest } from '../../src/spawner/start-request.ts'

const requestOf = (config: object, user_options?: unknown): StartRequest =>
  v.parse(StartRequest, {
    server: { username: 'alice' },
    config: {
      service_image: 'demo/notebook:1',
      networks: ['jupyterhub'],
      use_user_options: true,
      ...config,
    },
    ...(user_options !== undefined && { user_options }),
  })

/** An Engine that remembers what it was asked. */
const createWatched = () => {
  const { transport } = createEmbeddedEngine()
  const calls: string[] = []
  const watched: EngineTransport = (request) => {
    calls.push(`${request.method} ${request.path}`)
    return transport(request)
  }
  return { spawner: createSpawner(watched), calls }
}

const { signal } = new AbortController()
const labels = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, 'x']))

describe('a start that is refused without the Engine asks the Engine nothing', () => {
  test.each([
    ['by the policy', 'not_allowed', requestOf({ mounts: ['/etc:/etc'] })],
    ['for the options of a user', 'not_allowed', requestOf({}, { mounts: ['/etc:/etc'] })],
    ['for its size', 'not_allowed', requestOf({}, { image: 'x'.repeat(70_000) })],
    ['for a list that is too long', 'invalid_config', requestOf({ labels: labels(8001) })],
    ['for a spec that is too large', 'invalid_config', requestOf({ labels: labels(4001) })],
    ['for a setting of the wrong type', 'invalid_config', requestOf({ placement: [1] })],
    ['for a network that it names twice', 'invalid_config', requestOf({ networks: ['a', 'a'] })],
    ['for its name', 'invalid_name', requestOf({ service_prefix: 'a b' })],
  ])('%s', async (_, code, request) => {
    const { spawner, calls } = createWatched()
    const states = start(spawner, { hub: 'default', request, signal, enough: signal })
    await expect(states.next()).rejects.toMatchObject({ code })
    expect(calls).toEqual([])
  })

  test('and one that is allowed does ask', async () => {
    const { spawner, calls } = createWatched()
    const enough = AbortSignal.abort()
    await start(spawner, { hub: 'default', request: requestOf({}), signal, enough }).next()
    expect(calls.length).toBeGreaterThan(0)
  })
})

test('an explanation asks the Engine nothing about a spec that is too large', async () => {
  const { spawner, calls } = createWatched()
  const explained = explain(spawner, 'default', requestOf({ labels: labels(4001) }), signal)
  await expect(explained).rejects.toMatchObject({ code: 'invalid_config' })
  expect(calls).toEqual([])
})

describe('what the Engine said', () => {
  const policy = completePolicy({ admin: { mounts: { bind: ['*'] } }, user: {}, groups: {} })
  const facts: EngineFacts = {
    networkNames: new Map([
      ['k3xyz', { name: 'control', keptBack: 'the service itself is in it' }],
      ['other', { name: 'servers' }],
      ['q1w2', { name: 'servers' }],
    ]),
    dataRoot: '/srv/docker',
  }

  test('refuses networks and mounts, and leaves all other verdicts and their order as they were', () => {
    const plan = planSpec(
      'main',
      requestOf(
        { networks: ['jupyterhub', 'k3xyz'], mounts: ['/srv/docker/x:/x', '/srv/data:/y'] },
        { mounts: ['home:/z'], image: 'demo/notebook:1' },
      ),
      policy,
    )
    const told = plan.judge(facts)
    const pathsOf = (verdicts: typeof told) => verdicts.map(({ path, from }) => [path, from])
    expect(pathsOf(told)).toEqual(pathsOf(plan.verdicts))
    const changed = told.filter(({ verdict }, index) => verdict !== plan.verdicts[index]?.verdict)
    expect(changed.map(({ from, verdict }) => [from, verdict])).toEqual([
      ['mounts.0', 'refused'],
      ['networks.1', 'refused'],
    ])
    expect(plan.judge(NOT_ASKED)).toEqual(plan.verdicts)
  })

  test('tells that two networks are one', () => {
    const plan = planSpec('main', requestOf({ networks: ['other', 'q1w2'] }), policy)
    expect(() => finishSpec(plan, facts)).toThrow('networks.1: is the same network as networks.0')
    expect(finishSpec(plan, NOT_ASKED).spec.TaskTemplate.Networks).toHaveLength(2)
  })
})
