import * as v from 'valibot'
import { failover } from '../../src/docker/failover.ts'
import { type ProcessEnv, wordsOf } from '../../src/docker/process-env.ts'
import { type Fetch, fetchTransport } from '../../src/docker/transport.fetch.ts'
import type { Audit } from '../../src/spawner/audit.ts'
import { authFrom, firstAuth } from '../../src/spawner/images/registry-logins.ts'
import { createDigestMemory, type DigestMemory } from '../../src/spawner/images/tag-memory.ts'
import { createSpawner, type Spawner } from '../../src/spawner/spawner.ts'
import { auditLine } from '../audit/audit-line.ts'
import type { Dependencies } from '../dependencies.ts'
import { answerProblem } from '../errors.ts'
import { jsonText } from '../every-call/json-text.ts'
import type { LogEntry } from '../every-call/log.ts'
import { readAuditTarget } from '../settings/audit-settings.ts'
import { readDigestTtl } from '../settings/digest-settings.ts'
import { EnvError } from '../settings/env-error.ts'
import { readPolicy } from '../settings/policy-settings.ts'
import { readPullPatience } from '../settings/pull-settings.ts'
import { readRegistryLogins } from '../settings/registry-settings.ts'
import { readSettings } from '../settings/service-settings.ts'

/**
 * What a platform without files, sockets and signals gives: workerd, and platforms that run single functions.
 */
export type Edge = {
  /** The settings of the service: the bindings that are texts. */
  env: ProcessEnv
  /**
   * The fetch that reaches the Engine: that of the binding `ENGINE`, which can have a client certificate, or
   * the global one.
   */
  fetch: Fetch
}

const isFunction = (value: unknown): boolean => typeof value === 'function'

const Binding = v.object({
  fetch: v.custom<Fetch>(isFunction, 'a function'),
})

/**
 * Reads the platform's bindings. They win over the environment of the process, if there is one. Throws an
 * EnvError.
 */
export const readEdge = (bindings: unknown): Edge => {
  const { ENGINE, ...bound }: Record<string, unknown> = { ...Object(bindings) }
  // A binding without a value hides the variable of the process, because workerd gives such a variable the text
  // "null".
  const env = Object.entries({ ...globalThis.process?.env, ...bound }).filter(isText)
  if (ENGINE !== undefined && !v.is(Binding, ENGINE))
    throw new EnvError(
      'ENGINE must be a binding with a fetch, such as a binding of mtls_certificates',
    )
  return {
    env: Object.fromEntries(env),
    // workerd's fetch checks its `this`: it must be the binding, or nothing.
    fetch: (url, init) => (ENGINE ? ENGINE.fetch(url, init) : fetch(url, init)),
  }
}

const isText = (binding: [string, unknown]): binding is [string, string] =>
  typeof binding[1] === 'string'

/**
 * Makes a spawner for one request, because on workerd a request cannot wait on another request's connection.
 * Throws an EnvError.
 */
export const edgeSpawner = ({ env, fetch }: Edge, digestMemory?: DigestMemory): Spawner => {
  const [first = '', ...others] = wordsOf(env['DOCKER_HOST'])
  const connect = (host: string) => fetchTransport(baseOf(host), fetch)
  const transport = failover([connect(first), ...others.map(connect)])
  const logins = readRegistryLogins(env)
  return createSpawner(transport, {
    audit: edgeAudit(env),
    registryAuth: firstAuth(logins ? [authFrom(logins)] : []),
    policy: readPolicy(env),
    pullPatienceMs: readPullPatience(env),
    digestTtlMs: readDigestTtl(env),
    digestMemory,
  })
}

/** The base address of an Engine. `tcp://` is the docker CLI's spelling of `http://`. */
const baseOf = (host: string): string => {
  const url = URL.parse(host.replace(/^tcp:/, 'http:'))
  if (url && /^https?:$/.test(url.protocol))
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
  throw new EnvError(
    'DOCKER_HOST must be addresses such as http://10.0.0.1:2375 or https://engine.example:2376: this platform cannot open a unix socket',
  )
}

/** What a platform gives to a request besides its bindings. */
const Context = v.object({
  waitUntil: v.custom<NonNullable<Dependencies['waitUntil']>>(isFunction, 'a function'),
})

const NEVER = new AbortController().signal

/** The dependencies of the handlers for one request. Throws an EnvError. */
export const edgeDeps = (
  edge: Edge,
  context?: unknown,
  digestMemory?: DigestMemory,
): Dependencies => {
  const { hubs, adminToken, metricsToken, push } = readSettings(edge.env)
  const spawner = edgeSpawner(edge, digestMemory)
  const deps = { spawner, hubs, adminToken, metricsToken, push, log, shutdown: NEVER }
  return v.is(Context, context) ? { ...deps, waitUntil: (work) => context.waitUntil(work) } : deps
}

/** The audit log on the platform's log: each line says that it is one. */
const edgeAudit = (env: ProcessEnv): Audit => {
  const target = readAuditTarget(env)
  if (typeof target === 'object')
    throw new EnvError('SWARMSPAWNER_AUDIT: this platform has no files; set stderr, stdout or off')
  // biome-ignore lint/suspicious/noConsole: the platform's log
  const write = target === 'stderr' ? console.error : console.log
  return target === 'off' ? () => {} : (act) => write(jsonText(auditLine(act, Date.now())))
}

// biome-ignore lint/suspicious/noConsole: the platform's log
export const log = (entry: LogEntry) => console.log(jsonText(entry))

/**
 * Makes a fetch that answers with an app made from the platform's bindings. Settings that cannot be used are
 * reported in the log. Its requests share nothing but the digests of tags, which are plain data.
 */
export const edgeFetch = (
  createApp: (deps: Dependencies) => {
    fetch: (request: Request) => Response | Promise<Response>
  },
) => {
  const digestMemory = createDigestMemory()
  return async (request: Request, bindings?: unknown, context?: unknown): Promise<Response> => {
    try {
      const deps = edgeDeps(readEdge(bindings), context, digestMemory)
      return await createApp(deps).fetch(request)
    } catch (error) {
      if (!(error instanceof EnvError)) throw error
      log({ level: 'error', message: error.message })
      return answerProblem(error)
    }
  }
}
