import * as v from 'valibot'
import { fetchTransport } from '../src/docker/transport.fetch.ts'
import { createSpawner, type Spawner } from '../src/spawner/spawner.ts'
import { createApp } from './app.ts'
import { readSettings } from './env.ts'
import { collectGarbage } from './gc.ts'
import { readGcSettings } from './gc-settings.ts'
import { readPolicy } from './policy-settings.ts'

/** What wrangler.toml and its secrets bind. */
const Bindings = v.looseObject({
  /** The Engine's address, such as `http://10.0.0.1:2375`. */
  DOCKER_HOST: v.pipe(v.string(), v.regex(/^(tcp|https?):\/\//)),
})

type Bindings = v.InferOutput<typeof Bindings>

const NEVER = new AbortController().signal

/** workerd's entry. Each request has its own spawner: workerd lets no request wait on another's connection. */
export default {
  async fetch(request: Request, env: unknown): Promise<Response> {
    const bindings = v.parse(Bindings, env)
    const { hubs, adminToken } = readSettings(textOnly(bindings))
    const spawner = spawnerOf(bindings)
    const app = createApp({ spawner, hubs, adminToken, log, shutdown: NEVER })
    return app.fetch(request, bindings)
  },

  /** Collects what is left behind, at the times of wrangler.toml; off unless `SWARMSPAWNER_GC` is set. */
  async scheduled(_event: unknown, env: unknown): Promise<void> {
    const bindings = v.parse(Bindings, env)
    const gc = readGcSettings(textOnly(bindings), { fetch: (url, init) => fetch(url, init) })
    if (gc.action === undefined) return
    const hubs = readSettings(textOnly(bindings)).hubs.map(({ hub }) => hub)
    await collectGarbage({ spawner: spawnerOf(bindings), hubs, gc, log, signal: NEVER })
  },
}

const spawnerOf = (bindings: Bindings): Spawner => {
  const base = bindings.DOCKER_HOST.replace(/^tcp:/, 'http:').replace(/\/$/, '')
  const policy = readPolicy(textOnly(bindings))
  return createSpawner(
    fetchTransport(base, (url, init) => fetch(url, init)),
    { policy },
  )
}

// biome-ignore lint/suspicious/noConsole: the platform's log
const log = (entry: unknown) => console.log(JSON.stringify(entry))

const textOnly = (bindings: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(bindings).filter(
      (binding): binding is [string, string] => typeof binding[1] === 'string',
    ),
  )
