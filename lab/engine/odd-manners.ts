import { createHash } from 'node:crypto'
import type { RequestListener } from 'node:http'

/** How an answer differs from a registry's. */
type Answer = {
  status?: number
  type?: string
  body?: string
  headers?: (host: string, url: string) => Record<string, string>
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
const PAGE = '<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>'

/** Answers the first question of an Engine, whether it is a registry, and then in this way. */
const manner =
  ({ status = 200, type = 'application/json', body = '{}', headers }: Answer): RequestListener =>
  ({ url = '', method, headers: { host = '' } }, response) => {
    if (url === '/v2/') return void response.writeHead(200).end('{}')
    const length = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
    response.writeHead(status, { ...length, ...headers?.(host, url) })
    response.end(method === 'HEAD' ? undefined : body)
  }

const error = (status: number, code: string, message: string): RequestListener =>
  manner({ status, body: JSON.stringify({ errors: [{ code, message }] }) })

const digestOf = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`

const listFor = (architecture: string): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: LIST,
    manifests: [
      {
        mediaType: MANIFEST,
        size: 2,
        digest: digestOf(architecture),
        platform: { architecture, os: 'linux' },
      },
    ],
  })

/** A registry whose image is only for one kind of processor. It has no layers. */
export const onlyFor = (architecture: string): RequestListener => {
  const body = listFor(architecture)
  return manner({
    type: LIST,
    body,
    headers: () => ({ 'docker-content-digest': digestOf(body) }),
  })
}

/** A registry that names another digest than that of what it gives. */
export const wrongDigest = manner({
  type: MANIFEST,
  // A manifest whose config has no digest ends dockerd 28.5: it panics.
  body: JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: 2,
      digest: digestOf('{}'),
    },
    layers: [],
  }),
  headers: () => ({ 'docker-content-digest': `sha256:${'0'.repeat(64)}` }),
})

/** Asks for a token that another page gives, which is no token. */
const tokenPage: RequestListener = ({ url = '', headers: { host = '' } }, response) => {
  if (url.startsWith('/token'))
    return void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
  const realm = `Bearer realm="http://${host}/token",service="lab",scope="repository:team:pull"`
  response.writeHead(401, { 'www-authenticate': realm }).end('{}')
}

/** What answers in the place of a registry, or in which way a registry refuses, by the name of its recording. */
export const ODD_MANNERS: Readonly<Record<string, RequestListener>> = {
  html: manner({ type: 'text/html', body: PAGE }),
  'html-not-found': manner({ status: 404, type: 'text/html', body: PAGE }),
  'html-forbidden': manner({ status: 403, type: 'text/html', body: PAGE }),
  'redirect-loop': manner({
    status: 302,
    headers: (host, url) => ({ location: `http://${host}${url}` }),
  }),
  'redirect-elsewhere': manner({
    status: 302,
    headers: () => ({ location: 'http://127.0.0.1:9/login' }),
  }),
  'hangs-up': ({ socket }) => void socket.destroy(),
  nonsense: manner({ type: MANIFEST, body: '{"schemaVersion": ' }),
  'no-manifest': manner({ body: '{"hello": "world"}' }),
  'digest-malformed': manner({ headers: () => ({ 'docker-content-digest': 'sha256:ab' }) }),
  'token-html': tokenPage,
  denied: error(403, 'DENIED', 'requested access is denied'),
  'name-unknown': error(404, 'NAME_UNKNOWN', 'repository name not known to registry'),
  'rate-limit': error(429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit'),
  'registry-fails': error(500, 'UNKNOWN', 'unknown error'),
  'only-arm': onlyFor('arm64'),
}
