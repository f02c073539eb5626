import { readFileSync } from 'node:fs'
import { engineAddresses } from '../src/docker/engine-address.node.ts'
import type { ProcessEnv } from '../src/docker/process-env.ts'
import type { Audit } from '../src/spawner/audit.ts'
import { apiPageRoutes } from './api-pages.node.ts'
import { createApp } from './app.ts'
import { createAudit } from './audit/audit.node.ts'
import type { Log } from './every-call/log.ts'
import { collectRepeatedly } from './gc.ts'
import { createCallers } from './listen/callers.node.ts'
import { closeServer, createHttpServer } from './listen/http-server.node.ts'
import { maintainRepeatedly } from './maintain.ts'
import { processMetrics } from './metrics/process-metrics.node.ts'
import { createServiceMetrics, type ServiceMetrics } from './metrics/service-metrics.ts'
import { pullDueRepeatedly } from './pull-due.ts'
import { readAuditTarget } from './settings/audit-settings.ts'
import { readCallerLimits } from './settings/caller-settings.ts'
import { type GcSettings, readGcSettings } from './settings/gc-settings.ts'
import { readTlsPaths } from './settings/listen-settings.ts'
import { readPullEvery } from './settings/pull-settings.ts'
import { readSettings, type Settings } from './settings/service-settings.ts'
import { spawnerFromEnv } from './spawner.node.ts'
import { createRecent, type Recent } from './status/recent.ts'
import { tellOfEngine } from './tell-of-engine.ts'

export type RunningService = {
  /** The address where the service listens, such as `http://127.0.0.1:8080`. */
  url: string
  /** Answers callers that wait, lets open calls end, and closes. */
  close: () => Promise<void>
}

/** Runs the service on Node.js with the settings of the environment. Throws EnvError or DockerConfigError. */
export const serveFromEnv = async (env: ProcessEnv, log: Log): Promise<RunningService> => {
  const settings = readSettings(env, readFile)
  const tls = readTlsPaths(env, settings.host)
  const callers = readCallerLimits(env)
  const gc = readGcSettings(env, { fetch, readFile })
  const pullEveryMs = readPullEvery(env)
  const metrics = createServiceMetrics(processMetrics)
  const recent = createRecent(Date.now)
  const write = createAudit(readAuditTarget(env), log, { onLost: metrics.auditLost })
  const audit: Audit = (act) => {
    metrics.acted(act)
    recent.acted(act)
    write(act)
  }
  const spawner = await spawnerFromEnv(env, { watch: metrics.watch, audit })
  const all = { ...settings, tls, callers, metrics, recent }
  const service = await serve(all, spawner, log, { ...gc, pullEveryMs })
  const address = engineAddresses(env)
    .addresses.map(({ host }) => host)
    .join(', ')
  const stopped = new AbortController()
  const telling = tellOfEngine({ docker: spawner.docker, address, log, signal: stopped.signal })
  return {
    ...service,
    close: async () => {
      stopped.abort()
      await service.close()
      await telling
    },
  }
}

/**
 * Runs the service with a given spawner. With `gc` it also drains nodes whose maintenance is due; and if `gc` has intervals, it
 * collects leftovers, and keeps images on their nodes.
 */
export const serve = async (
  {
    host,
    port,
    hubs,
    tls,
    callers: limits = readCallerLimits({}),
    ...settings
  }: Settings & { metrics?: ServiceMetrics; recent?: Recent },
  spawner: Parameters<typeof createApp>[0]['spawner'],
  log: Log,
  gc?: GcSettings & { pullEveryMs?: number | undefined },
): Promise<RunningService> => {
  const shutdown = new AbortController()
  const { callers, fetchOf, watch, closeUnverified } = createCallers(limits, log)
  const rounds = { gcEveryMs: gc?.everyMs, gcAction: gc?.action, pullEveryMs: gc?.pullEveryMs }
  const deps = { ...settings, spawner, hubs, log, shutdown: shutdown.signal, callers, rounds }
  const app = createApp(deps, apiPageRoutes)
  const listening = { tls, log, signal: shutdown.signal }
  const server = await createHttpServer(fetchOf(app.fetch), listening)
  watch(server, tls !== undefined)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const names = hubs.map(({ hub }) => hub)
  const repeated = { ...deps, hubs: names, signal: shutdown.signal }
  const collecting = gc?.everyMs ? collectRepeatedly({ ...repeated, gc }, gc.everyMs) : undefined
  const pulling = gc?.pullEveryMs ? pullDueRepeatedly(repeated, gc.pullEveryMs) : undefined
  const maintaining = gc && maintainRepeatedly(repeated)
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      shutdown.abort()
      await closeServer(server, closeUnverified)
      await Promise.all([collecting, pulling, maintaining])
    },
  }
}

const readFile = (path: string): string => readFileSync(path, 'utf8')
