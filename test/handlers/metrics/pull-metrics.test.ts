import { describe, expect, test } from 'vitest'
import { writeOpenMetrics } from '../../../handlers/metrics/open-metrics.ts'
import { createPullMetrics, pullGauge } from '../../../handlers/metrics/pull-metrics.ts'
import { createServiceMetrics } from '../../../handlers/metrics/service-metrics.ts'
import { createEmbeddedEngine } from '../../../src/embedded/engine.ts'
import type { PullEnd } from '../../../src/spawner/images/pull-ends.ts'
import { createSpawner } from '../../../src/spawner/spawner.ts'
import { HOSTILE, UNPRINTABLE } from '../../support/hostile-engine.ts'
import { type ReadSample, readMetrics, sumOf } from '../../support/read-metrics.ts'
import { ADMIN_TOKEN, createTestService, send } from '../../support/test-hub.ts'

const FULL = 'write /var/lib/docker/tmp/GetImageBlob1: no space left on device'
const HUBS = ['default', 'other']
const end = (taskId: string, more: Partial<PullEnd> = {}): PullEnd => ({
  ...{ taskId, hub: 'default', outcome: 'there', seconds: 3, reason: null },
  ...more,
})
const failed = (taskId: string, reason: string) => end(taskId, { outcome: 'failed', reason })
const read = (metrics: ReturnType<typeof createPullMetrics>) =>
  readMetrics(writeOpenMetrics(metrics.families()))
const ends = (samples: readonly ReadSample[], labels: Record<string, string> = {}) =>
  sumOf(samples, 'swarmspawner_pull_ends_total', labels)

describe('downloads ahead of starts', () => {
  test('each that ends is counted once, by outcome and code, with its seconds if it succeeded', () => {
    const metrics = createPullMetrics()
    metrics.see([], HUBS)
    const seen = [end('a'), failed('b', 'No such image: lab/nb:1')]
    metrics.see(seen, HUBS)
    metrics.see([...seen, end('c', { seconds: 400 }), failed('d', FULL)], HUBS)
    const samples = read(metrics)
    expect(ends(samples, { hub: 'default', outcome: 'there', code: '' })).toBe(2)
    expect(ends(samples, { outcome: 'failed', code: 'not_told' })).toBe(1)
    expect(ends(samples, { outcome: 'failed', code: 'disk_full' })).toBe(1)
    expect(ends(samples, { outcome: 'failed' })).toBe(2)
    expect(ends(samples, { outcome: 'failed', code: '' })).toBe(0)
    expect(sumOf(samples, 'swarmspawner_pull_seconds_count')).toBe(2)
    expect(sumOf(samples, 'swarmspawner_pull_seconds_sum')).toBe(403)
  })

  test('what had ended before the first look is not counted, and each hub begins at 0', () => {
    const metrics = createPullMetrics()
    for (const _ of [1, 2]) metrics.see([end('a')], HUBS)
    const samples = read(metrics)
    expect(samples.map(({ labels, value }) => [labels['hub'], value])).toEqual([
      ['default', 0],
      ['other', 0],
    ])
  })

  test('hubs that the service does not have, however they are called, go together', () => {
    const metrics = createPullMetrics()
    metrics.see([], HUBS)
    const hubs = Array.from({ length: 5000 }, (_, index) => `${HOSTILE}${index}`)
    metrics.see(
      hubs.map((hub, index) => end(`t${index}`, { hub, outcome: 'failed', reason: HOSTILE })),
      HUBS,
    )
    const samples = read(metrics)
    expect(ends(samples, { hub: '(other)' })).toBe(5000)
    expect(samples.length).toBeLessThan(20)
    const seen = hubs.map((hub) => ({
      ...{ hub, image: HOSTILE, source: 'push' as const, since: '', reason: HOSTILE },
      nodes: { failed: 1 },
    }))
    const text = writeOpenMetrics([pullGauge(seen, HUBS)])
    expect(text.replaceAll('\n', '')).not.toMatch(UNPRINTABLE)
    expect(readMetrics(text)).toEqual([
      { name: 'swarmspawner_pull_nodes', labels: { hub: '(other)', state: 'failed' }, value: 5000 },
    ])
  })

  test('a scrape tells how many nodes have what is due, and how downloads have ended, in two calls', async () => {
    const metrics = createServiceMetrics()
    const calls: string[] = []
    const { transport } = createEmbeddedEngine({ speed: 50, nodes: 3 })
    let now = Date.now()
    const spawner = createSpawner(
      metrics.watch((request) => {
        calls.push(request.path)
        return transport(request)
      }),
      { now: () => now },
    )
    const service = createTestService(spawner, { metrics })
    const scrape = async () => {
      now += 60_000
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
      return readMetrics(await (await service.app.request('/metrics', { headers })).text())
    }
    await scrape()
    const images = ['lab/nb:1', 'lab/missing:1'].map((image) => ({ image }))
    await send(service, 'pull', { images, wait_s: 20 })
    calls.length = 0
    const samples = await scrape()
    expect(calls).toHaveLength(2)
    const nodes = (state: string) =>
      sumOf(samples, 'swarmspawner_pull_nodes', { hub: 'default', state })
    expect([nodes('there'), nodes('failed')]).toEqual([3, 3])
    const first = ends(samples, { hub: 'default', outcome: 'there' })
    expect(first).toBe(3)
    // Swarm tries twice before it waits.
    expect(ends(samples, { outcome: 'failed', code: 'not_told' })).toBe(6)
    expect(sumOf(samples, 'swarmspawner_pull_seconds_count', { hub: 'default' })).toBe(3)
    expect(ends(await scrape())).toBe(9)
    expect(samples.flatMap(({ labels }) => Object.values(labels)).join()).not.toContain('lab/')
  })
})
