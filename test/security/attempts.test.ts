import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { Explanation } from '../../src/spawner/explain.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { openEmbeddedWorld } from '../live/embedded-world.ts'
import { createTestService, send } from '../support/test-hub.ts'
import { FAMILIES } from './attempts.ts'
import { attemptsSuite, startOf } from './attempts-suite.ts'

attemptsSuite(() => openEmbeddedWorld({ speed: 20 }), { keepsSecrets: false })

const Driver = v.object({ name: v.string(), options: v.optional(v.record(v.string(), v.string())) })

const attempts = FAMILIES.filter(
  ({ isNeverAllowed, policy }) => !isNeverAllowed && policy === undefined,
).flatMap((family) => family.attempts)

const LISTS = ['environment', 'args', 'mounts', 'networks', 'placement', 'items']

/** Every option of every driver that somebody tries, with any value. */
const LOG_DRIVERS = attempts.flatMap(({ config }) => {
  const driver = v.safeParse(Driver, config?.['log_driver'])
  if (!driver.success) return []
  const { name, options = {} } = driver.output
  return [[name, Object.fromEntries(Object.keys(options).map((option) => [option, '*']))] as const]
})

describe('the table', () => {
  test('the table of attempts is long, and has no attempt twice', () => {
    const names = FAMILIES.flatMap(({ family, attempts }) =>
      attempts.map(({ name }) => `${family}: ${name}`),
    )
    const sent = FAMILIES.flatMap(({ attempts, policy, hubs, isNeverAllowed }) =>
      attempts.map(({ options, config, start }) =>
        JSON.stringify({ options, config, start, policy, hubs, isNeverAllowed }),
      ),
    )
    expect(sent.length).toBeGreaterThanOrEqual(300)
    expect(new Set(sent).size).toBe(sent.length)
    expect(new Set(names).size).toBe(names.length)
  })

  test('attempts can fail: if a policy lists everything, most of them pass', async () => {
    const all = {
      images: ['*', '*/*', 'sha256:*'],
      mounts: {
        targets: ['*', '/*'],
        ...{ bind: ['/', '*'], volume: ['*'], cluster: ['*'], tmpfs: 1e15, subpath: true },
        drivers: { '*': { '*': '*' }, local: { type: '*', o: '*', device: '*' } },
      },
      networks: ['*', 'host', 'ingress', 'none', 'databases'],
      aliases: ['*', ...[...'abdhjlmopx1{'].map((letter) => `*${letter}*`)],
      log_drivers: { '*': { '*': '*' }, ...Object.fromEntries(LOG_DRIVERS) },
      placement: ['*'],
      environment: ['*', 'JUPYTERHUB*', 'JPY*', 'jupyterhub*', 'G*', 'g*', 'N*', 'http*', 'B'],
      capabilities: ['*', '*A*', '*S*', '*N*', '*B*'],
      secrets: ['*'],
      configs: ['*'],
      labels: ['*', '*.*', 'caddy*'],
      fields: ['*' as const, 'privileges', 'sysctls', 'isolation', 'driver_opts'],
      amounts: { options: 1e9, ...Object.fromEntries(LISTS.map((kind) => [kind, 1e6])) },
      ulimits: { '*': Number.MAX_SAFE_INTEGER },
      oom_score_adj: -1000,
    }
    const resources = { cpus: 1e6, memory: 2e15, pids: 1e15, generic: { '*': 1000 } }
    const policy = completePolicy({ admin: all, user: { ...all, resources }, groups: {} })
    const { transport } = createEmbeddedEngine()
    const service = createTestService(createSpawner(transport, { policy }))
    const refused = attempts.filter(({ code }) => code === undefined)
    const passed = await Promise.all(
      refused.map(async (attempt) => {
        const answer = await send(service, 'explain', startOf(attempt))
        const told: unknown = await answer.json()
        return v.is(Explanation, told) && told.policy.every(({ verdict }) => verdict === 'allowed')
      }),
    )
    expect(passed.filter(Boolean).length).toBeGreaterThan(refused.length * 0.6)
  })
})
