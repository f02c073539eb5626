import * as v from 'valibot'
import { fetchTransport } from '../src/docker/transport.fetch.ts'
import { createSpawner } from '../src/spawner/spawner.ts'
import { createApp } from './app.ts'
import { readSettings } from './env.ts'

/** What wrangler.toml and its secrets bind. */
const Bindings = v.looseObject({
  /** The Engine's address, such as `http://10.0.0.1:2375`. */
  DOCKER_HOST: v.pipe(v.string(), v.regex(/^(tcp|https?):\/\//)),
})

const NEVER = new AbortController().signal

/** workerd's entry. Each request has its own spawner: workerd lets no request wait on another's connection. */
export default {
  async fetch(request: Request, env: unknown): Promise<Response> {
    const bindings = v.parse(Bindings, env)
    const { hubs, adminToken } = readSettings(textOnly(bindings))
    const base = bindings.DOCKER_HOST.replace(/^tcp:/, 'http:').replace(/\/$/, '')
    const spawner = createSpawner(fetchTransport(base, (url, init) => fetch(url, init)))
    // biome-ignore lint/suspicious/noConsole: the platform's log
    const log = (entry: unknown) => console.log(JSON.stringify(entry))
    const app = createApp({ spawner, hubs, adminToken, log, shutdown: NEVER })
    return app.fetch(request, bindings)
  },
}

const textOnly = (bindings: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(bindings).filter(
      (binding): binding is [string, string] => typeof binding[1] === 'string',
    ),
  )
