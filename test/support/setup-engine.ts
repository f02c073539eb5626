import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import type { RequestHandler } from 'msw'
import { defineNetwork, InterceptorSource } from 'msw/experimental'
import { HttpResponse, http } from 'msw/http'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { bodyOf, type EngineVersion, type Fixture, readFixture } from '../../fixtures/fixture.ts'
import { connectDocker, type Docker } from '../../src/docker/docker.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'

/** A request to the Engine: the path with its API version, the query separate, a JSON body parsed. */
export type SeenRequest = {
  method: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  body: unknown
}

export type ReplayedEngine = {
  /**
   * A Docker value that reaches this Engine through the transport of Node.js. Its ping is answered as recorded.
   */
  docker: (version: EngineVersion) => Docker
  /** Answers with recordings. If two fit the same request, the first is used. */
  replay: (version: EngineVersion, ...names: string[]) => void
  /** Answers requests that have no fixture. */
  use: (...handlers: RequestHandler[]) => void
  /** The requests since the beginning of the test, including HEAD /_ping. */
  requests: () => Promise<SeenRequest[]>
  lastRequest: () => Promise<SeenRequest>
}

// Nothing listens here. If a request passes the interceptor, it ends with ENOENT and reaches no Engine.
const NOWHERE = 'unix:///nonexistent/docker.sock'

/**
 * Sets up a replayed Engine for the tests of the calling `describe` or file. A request that nothing answers
 * fails the test.
 */
export const setupEngine = (): ReplayedEngine => {
  let seen: Request[] = []
  let unanswered: string[] = []
  // setupServer does not see undici's own requests on Node.js 22 and 24.
  const network = defineNetwork({
    sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
    onUnhandledFrame: () => Promise.reject(new Error('No fixture answers this request')),
    context: { quiet: true },
  })
  network.events.on('request:start', ({ request }) => {
    seen.push(request.clone())
  })
  network.events.on('request:unhandled', ({ request }) => {
    unanswered.push(`${request.method} ${request.url}`)
  })

  beforeAll(() => network.enable())
  afterEach(() => {
    const missed = unanswered
    network.resetHandlers()
    seen = []
    unanswered = []
    if (missed.length > 0) throw new Error(`No fixture was replayed for ${missed.join(', ')}`)
  })
  afterAll(() => network.disable())

  const requests = () => Promise.all(seen.map(describeRequest))
  return {
    docker: (version) => {
      const transport = nodeTransport({ host: NOWHERE })
      network.use(replay(version, 'ping.200'))
      return connectDocker(transport)
    },
    replay: (version, ...names) => network.use(...names.map((name) => replay(version, name))),
    use: (...handlers) => network.use(...handlers),
    requests,
    lastRequest: async () => {
      const last = (await requests()).at(-1)
      if (!last) throw new Error('The Engine was not asked anything')
      return last
    },
  }
}

/**
 * Makes a handler from a recorded answer, for requests with the same method, path and query in any API version.
 */
export const replay = (version: EngineVersion, name: string): RequestHandler => {
  const fixture = readFixture(version, name)
  return http.all(
    ({ request }) =>
      request.method === fixture.request.method &&
      isSameAddress(new URL(request.url), new URL(fixture.request.path, request.url)),
    () => responseOf(fixture),
  )
}

/** The recorded answer. Headers that belong to a single message were not recorded. */
export const responseOf = (fixture: Fixture): Response => {
  const { status, headers } = fixture.response
  const body = bodyOf(fixture)
  return new HttpResponse(body.byteLength === 0 ? null : Buffer.from(body), { status, headers })
}

const isSameAddress = (one: URL, other: URL): boolean =>
  withoutVersion(one) === withoutVersion(other) && queryOf(one) === queryOf(other)

/**
 * The path without version, in one spelling for `lab%2Fa%3A1` and `lab%2Fa:1`. A slash inside a segment stays
 * escaped.
 */
const withoutVersion = ({ pathname }: URL): string =>
  pathname
    .replace(/^\/v1\.\d+(?=\/)/, '')
    .split('/')
    .map((segment) => encodeURIComponent(decodeURIComponent(segment)))
    .join('/')

const queryOf = ({ searchParams }: URL): string => {
  const sorted = new URLSearchParams(searchParams)
  sorted.sort()
  return sorted.toString()
}

const describeRequest = async (request: Request): Promise<SeenRequest> => {
  const { pathname, searchParams } = new URL(request.url)
  const text = await request.clone().text()
  return {
    method: request.method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(request.headers),
    body: text === '' ? undefined : JSON.parse(text),
  }
}
