import { createBaseApp } from '../../handlers/base-app.ts'
import { createPushToken } from '../../handlers/caller/push-token.ts'
import type { Dependencies } from '../../handlers/dependencies.ts'
import type { LogEntry } from '../../handlers/every-call/log.ts'
import { createImagePushedRoute } from '../../handlers/image-pushed.ts'
import type { PushSettings } from '../../handlers/settings/push-settings.ts'
import type { EngineTransport } from '../../src/docker/transport.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import type { Audit } from '../../src/spawner/audit.ts'
import { completePolicy } from '../../src/spawner/policy/policy.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'

/** The push tokens of the tests: two of one hub, as while they are rotated, and one of another. */
export const PUSH_TOKENS = {
  default: 'the-push-token-of-the-hub-default',
  next: 'the-next-token-of-the-hub-default',
  other: 'the-push-token-of-the-other-hub-0',
}

export const PUSH_SETTINGS: PushSettings = {
  tokens: [
    createPushToken('default', PUSH_TOKENS.default),
    createPushToken('default', PUSH_TOKENS.next),
    createPushToken('other', PUSH_TOKENS.other),
  ],
  hosts: new Map([['127.0.0.1:5000', 'registry.example.org']]),
}

/** The images that the policy of the tests lists. `*` lists nothing. */
export const LISTED = ['*', 'registry.example.org/lab/*', 'ghcr.io/codertocat/hello-world:nightly']

/** Only the route for registries, on an Engine without Docker. `asked` has every call that the Engine got. */
export const openPushService = ({
  transport = createEmbeddedEngine({ speed: 100 }).transport,
  gatherMs = 20,
  maxKeys = 200,
  audit = () => {},
  ...more
}: Partial<Dependencies> & {
  transport?: EngineTransport
  gatherMs?: number
  maxKeys?: number
  audit?: Audit
} = {}) => {
  const asked: string[] = []
  const spying: EngineTransport = (request) => {
    asked.push(`${request.method} ${decodeURIComponent(request.path)}`)
    return transport(request)
  }
  const policy = completePolicy({ admin: { images: LISTED }, user: {}, groups: {} })
  const spawner = createSpawner(spying, { policy, audit })
  const logged: LogEntry[] = []
  const work: Promise<unknown>[] = []
  const shutdown = new AbortController()
  const deps: Dependencies = {
    spawner,
    hubs: [],
    adminToken: undefined,
    push: PUSH_SETTINGS,
    log: (entry) => void logged.push(entry),
    shutdown: shutdown.signal,
    waitUntil: (one) => void work.push(one),
    ...more,
  }
  const app = createBaseApp(deps)
  createImagePushedRoute({ gatherMs, maxKeys, atOnce: 4 }).mount(app, deps)
  return {
    spawner,
    asked,
    logged,
    shutdown,
    /** Waits for the work that goes on after the answers. */
    done: () => Promise.all(work),
    send: async (
      body: string | object,
      headers: Record<string, string> = {},
      token = PUSH_TOKENS.default,
    ): Promise<Response> =>
      app.request(`/image-pushed/${token}`, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  }
}

export type PushService = ReturnType<typeof openPushService>

/** An event of distribution for a push of `image`, such as `registry.example.org/lab/notebook:1`. */
export const pushEvent = (image: string, digest?: string) => {
  const [, host = '', repository = '', tag = ''] = /^([^/]+)\/(.*):([^:]*)$/.exec(image) ?? []
  return { action: 'push', target: { repository, tag, digest }, request: { host } }
}
