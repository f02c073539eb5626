import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { processMetrics } from '../../handlers/metrics/process-metrics.node.ts'
import { createServiceMetrics } from '../../handlers/metrics/service-metrics.ts'
import { serve } from '../../handlers/node.ts'
import { readGcSettings } from '../../handlers/settings/gc-settings.ts'
import { fetchPrometheus, promtool, startPrometheus } from '../../lab/engine/start-prometheus.ts'
import { createServers } from '../../lab/load/many-servers.ts'
import { projectRoot } from '../../lab/project-root.ts'
import { DockerError } from '../../src/docker/errors.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { makeDirectory } from '../support/make-directory.ts'
import { keyOf, SECRETS, signed } from '../support/test-hub.ts'

// lane: light (waits for scrapes)

const monitoring = join(projectRoot, 'deploy/monitoring')
const read = (name: string): string => readFileSync(join(monitoring, name), 'utf8')
const TOKEN = 'the-token-of-prometheus'

const Config = v.looseObject({
  scrape_configs: v.array(
    v.looseObject({
      job_name: v.string(),
      authorization: v.object({ credentials_file: v.string() }),
    }),
  ),
})
const Rules = v.object({
  groups: v.array(
    v.object({ rules: v.array(v.looseObject({ alert: v.string(), expr: v.string() })) }),
  ),
})
const Dashboard = v.object({
  panels: v.array(
    v.object({ title: v.string(), targets: v.array(v.object({ expr: v.string() })) }),
  ),
})

/** The configuration that is in deploy/, for one target on this machine, and with seconds instead of minutes. */
const configure = (directory: string, target: string): string => {
  const [job] = v.parse(Config, parse(read('prometheus.yml'))).scrape_configs
  if (!job) throw new Error('prometheus.yml scrapes nothing')
  const { dns_sd_configs, ...rest } = job
  expect(dns_sd_configs).toMatchObject([{ names: ['tasks.swarmspawner'], port: 8080 }])
  const of = (job_name: string, token: string) => {
    const credentials_file = join(directory, job_name)
    writeFileSync(credentials_file, token)
    return {
      ...rest,
      job_name,
      authorization: { credentials_file },
      static_configs: [{ targets: [target] }],
    }
  }
  const config = {
    ...v.parse(Config, parse(read('prometheus.yml'))),
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    scrape_configs: [of('swarmspawner', TOKEN), of('stranger', 'another-token')],
  }
  writeFileSync(join(directory, 'prometheus.yml'), stringify(config))
  writeFileSync(
    join(directory, 'alerts.yml'),
    read('alerts.yml').replace(/for: \d+[mh]/g, 'for: 1s'),
  )
  return join(directory, 'prometheus.yml')
}

const rules = v.parse(Rules, parse(read('alerts.yml'))).groups.flatMap((group) => group.rules)
const panels = v
  .parse(Dashboard, JSON.parse(read('grafana-dashboard.json')))
  .panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })))

describe('the files for Prometheus and Grafana', () => {
  const directory = makeDirectory()
  let service: Awaited<ReturnType<typeof serve>>
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>
  let isAway = false

  beforeAll(async () => {
    await fetchPrometheus()
    const { transport } = createEmbeddedEngine({ speed: 20, nodes: 2 })
    const metrics = createServiceMetrics(processMetrics)
    const engine: typeof transport = (request) =>
      isAway ? Promise.reject(new DockerError('unreachable', 'nobody listens')) : transport(request)
    const spawner = createSpawner(metrics.watch(engine))
    const hubs = Object.entries(SECRETS).map(([hub, secret]) => ({ hub, keys: [keyOf(secret)] }))
    const settings = {
      host: '127.0.0.1',
      port: 0,
      hubs,
      adminToken: undefined,
      metricsToken: TOKEN,
    }
    const gc = readGcSettings({ SWARMSPAWNER_GC_EVERY: '1s' }, { fetch })
    service = await serve({ ...settings, metrics }, spawner, () => {}, gc)
    const start = (username: string, config: object) =>
      fetch(`${service.url}/start`, signed('start', { server: { username }, config }))
    const networks = ['jupyterhub']
    await createServers(spawner, [{ hub: 'other', username: 'quiet' }])
    await start('alice', { service_image: 'demo/notebook:1', networks })
    await start('bob', { service_image: 'demo/crash-at-start:1', networks })
    await start('eve', { service_image: 'demo/notebook:1', networks, mounts: ['/etc:/etc'] })
    await createServers(spawner, [
      { hub: 'default', username: 'zoe', image: 'demo/pull-forever:1' },
    ])
    const config = configure(directory, new URL(service.url).host)
    prometheus = await startPrometheus(config, join(directory, 'data'))
    await vi.waitUntil(async () => (await query('swarmspawner_pull_ends_total')).length > 0, SOON)
    const images = ['lab/nb:1', 'lab/missing:1'].map((image) => ({ image }))
    await fetch(`${service.url}/pull`, signed('pull', { images, wait_s: 20 }))
    await vi.waitUntil(
      async () => (await query('count_over_time(up{job="swarmspawner"}[1m]) > 3')).length > 0,
      SOON,
    )
  })
  afterAll(async () => {
    await prometheus?.stop()
    await service?.close()
  })

  const SOON = { timeout: 60_000, interval: 500 }
  const ask = async <S extends v.GenericSchema>(path: string, schema: S) => {
    const response = await fetch(`${prometheus.url}/api/v1/${path}`)
    const answer = v.parse(
      v.object({ status: v.string(), data: v.unknown() }),
      await response.json(),
    )
    expect(answer.status, path).toBe('success')
    return v.parse(schema, answer.data)
  }
  const Result = v.object({
    result: v.array(
      v.object({
        metric: v.record(v.string(), v.string()),
        value: v.tuple([v.number(), v.string()]),
      }),
    ),
  })
  const query = async (expr: string) =>
    (await ask(`query?query=${encodeURIComponent(expr)}`, Result)).result
  const numberOf = async (expr: string): Promise<number> => Number((await query(expr))[0]?.value[1])

  test('promtool finds no mistake, and the alerts fire when they should and only then', async () => {
    expect(await promtool('check', 'config', join(directory, 'prometheus.yml'))).toContain(
      'SUCCESS',
    )
    await promtool('check', 'config', '--syntax-only', join(monitoring, 'prometheus.yml'))
    expect(await promtool('check', 'rules', join(monitoring, 'alerts.yml'))).toContain(
      `${rules.length} rules`,
    )
    expect(await promtool('test', 'rules', join(monitoring, 'alerts.test.yml'))).toContain(
      'SUCCESS',
    )
    for (const { alert } of rules) expect(read('alerts.test.yml')).toContain(`"${alert}"`)
  })

  test('Prometheus reads the metrics with its own token, and nobody else does', async () => {
    expect(await numberOf('up{job="swarmspawner"}')).toBe(1)
    expect(await numberOf('up{job="stranger"}')).toBe(0)
    const Targets = v.object({
      activeTargets: v.array(
        v.object({ labels: v.record(v.string(), v.string()), lastError: v.string() }),
      ),
    })
    const { activeTargets } = await ask('targets', Targets)
    const errors = activeTargets.map(({ labels, lastError }) => [labels['job'], lastError])
    expect(Object.fromEntries(errors)).toEqual({
      swarmspawner: '',
      stranger: expect.stringContaining('401'),
    })
  })

  test('Prometheus has the numbers that the service counted', async () => {
    const starts = (labels: string) =>
      numberOf(`swarmspawner_starts_total{hub="default",${labels}}`)
    expect(await starts('outcome="running"')).toBe(1)
    expect(await starts('outcome=~"failed|exited"')).toBe(1)
    expect(await starts('outcome="refused",code="not_allowed"')).toBe(1)
    expect(await numberOf('sum(swarmspawner_servers{state="running"})')).toBe(2)
    expect(await numberOf('swarmspawner_starting_servers{phase="preparing"}')).toBe(1)
    const quantile = 'histogram_quantile(0.9, swarmspawner_start_seconds_bucket{phase="all"})'
    expect(await numberOf(quantile)).toBeGreaterThan(0)
    expect(await numberOf('swarmspawner_leftovers{hub="default"}')).toBe(0)
    const ends = (outcome: string) => `sum(swarmspawner_pull_ends_total{outcome="${outcome}"})`
    await expect.poll(() => numberOf(ends('there')), SOON).toBe(2)
    // Swarm tries twice on each node before it waits.
    await expect.poll(() => numberOf(ends('failed')), SOON).toBeGreaterThanOrEqual(4)
    expect(await numberOf('swarmspawner_pull_nodes{hub="default",state="failed"}')).toBe(2)
  })

  test('no label has the name of a user', async () => {
    const Series = v.array(v.record(v.string(), v.string()))
    const series = await ask(`series?match[]=${encodeURIComponent('{job="swarmspawner"}')}`, Series)
    expect(series.length).toBeGreaterThan(50)
    expect(JSON.stringify(series)).not.toMatch(/alice|bob|eve|zoe|quiet|lab\/nb/)
  })

  test('every metric that an alert or a panel names is there', async () => {
    const names = await ask('label/__name__/values', v.array(v.string()))
    const named = [...rules, ...panels].flatMap(
      ({ expr }) => expr.match(/\b(?:swarmspawner|process)_[a-z_]+/g) ?? [],
    )
    expect(named.length).toBeGreaterThan(20)
    for (const name of named) expect(names).toContain(name)
  })

  test.each(panels)('the panel "$title" can be drawn', async ({ title, expr }) => {
    const filled = expr.replaceAll('$hub', '.*').replaceAll('$__rate_interval', '30s')
    expect(filled).not.toContain('$')
    const drawn = await query(filled)
    if (!title.includes('failed')) expect(drawn.length).toBeGreaterThan(0)
  })

  test('Prometheus evaluates every alert, and tells when the Engine is away', async () => {
    const Evaluated = v.object({
      groups: v.array(
        v.object({ rules: v.array(v.object({ name: v.string(), health: v.string() })) }),
      ),
    })
    const { groups } = await ask('rules', Evaluated)
    const evaluated = groups.flatMap((group) => group.rules)
    expect(evaluated.map(({ name }) => name)).toEqual(rules.map(({ alert }) => alert))
    expect(new Set(evaluated.map(({ health }) => health))).toEqual(new Set(['ok']))
    const firing = (name: string) => query(`ALERTS{alertstate="firing",alertname="${name}"}`)
    expect(await firing('SwarmSpawnerEngineAway')).toEqual([])
    isAway = true
    await expect.poll(() => firing('SwarmSpawnerEngineAway'), SOON).toHaveLength(1)
    expect(await firing('SwarmSpawnerAway')).toEqual([])
  })
})
