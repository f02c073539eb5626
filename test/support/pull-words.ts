import type { PullFailure } from '../../src/spawner/state/pull-failure.ts'

export const resolve = (ref: string, cause: string) =>
  `failed to resolve reference "${ref}": ${cause}`
const head = (url: string, cause: string) => `failed to do request: Head "${url}": ${cause}`
const HUB = 'https://registry-1.docker.io/v2/'

/** What Engines say, by the cause. The first lines of each are those of 29.7 with either image store. */
export const SAID: Readonly<Record<PullFailure, readonly string[]>> = {
  not_told: ['No such image: lab/missing:1', 'No such image: 127.0.0.1:5000/team/not-found:1'],
  unknown_image: [
    resolve('127.0.0.1:5000/lab/none:1', '127.0.0.1:5000/lab/none:1: not found'),
    'manifest for 127.0.0.1:5000/lab/none:1 not found: manifest unknown: manifest unknown',
    'manifest unknown: manifest unknown',
    'repository registry.example/lab/none not found: does not exist or no pull access',
    resolve(
      'r.example/x:1',
      'unexpected status from HEAD request to https://r.example/v2/x/manifests/1: 404 Not Found',
    ),
    'name unknown: repository name not known to registry',
    'Head "https://r.example/v2/x/manifests/1": name unknown: no such repository',
    `failed to pull and unpack image "r.example/x:1": ${resolve('r.example/x:1', 'r.example/x:1: not found')}`,
    'failed to copy: httpReadSeeker: failed open: content at https://r.example/v2/x/manifests/sha256:ab not found: not found',
  ],
  no_access: [
    resolve(
      '127.0.0.1:5001/lab/nb:1',
      'pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
    ),
    'Head "http://127.0.0.1:5001/v2/lab/nb/manifests/1": no basic auth credentials',
    'no basic auth credentials',
    `unknown: ${resolve('127.0.0.1:5000/team/notebook:1', 'unexpected status from HEAD request to http://127.0.0.1:5000/v2/team/notebook/manifests/1: 401 Unauthorized')}`,
    resolve(
      'ghcr.io/x:1',
      'unexpected status from HEAD request to https://ghcr.io/v2/x/manifests/1: 403 Forbidden',
    ),
    "pull access denied for lab/none, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    'unauthorized: authentication required',
    'denied: requested access to the resource is denied',
    'errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n',
    'Head "https://ghcr.io/v2/x/manifests/1": unauthorized',
    'Head "https://ghcr.io/v2/x/manifests/1": denied: denied',
    'Get "https://r.example/v2/": unauthorized: incorrect username or password',
    resolve(
      'r.example/x:1',
      'unexpected status from HEAD request to https://r.example/v2/x/manifests/1: 401 Unauthorized: authentication required',
    ),
    resolve(
      'r.example/x:1',
      'failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://r.example/token?[redacted]: 401 Unauthorized',
    ),
  ],
  unreachable: [
    resolve(
      'nowhere.example/none:1',
      head(
        'https://nowhere.example/v2/none/manifests/1',
        'dial tcp: lookup nowhere.example on 127.0.0.1:53: read udp 127.0.0.1:52660->127.0.0.1:53: read: connection refused',
      ),
    ),
    'Get "https://nowhere.example/v2/": dial tcp: lookup nowhere.example on 127.0.0.53:53: no such host',
    resolve(
      'docker.io/lab/missing:1',
      head(`${HUB}lab/missing/manifests/1`, 'dial tcp: lookup registry-1.docker.io: i/o timeout'),
    ),
    `Get "${HUB}": dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: server misbehaving`,
    resolve(
      '127.0.0.1:5999/x:1',
      head(
        'https://127.0.0.1:5999/v2/x/manifests/1',
        'dial tcp 127.0.0.1:5999: connect: connection refused',
      ),
    ),
    'Get "http://127.0.0.1:5999/v2/": dial tcp 127.0.0.1:5999: connect: connection refused',
    'Get "https://192.0.2.7/v2/": dial tcp 192.0.2.7:443: connect: no route to host',
    'Get "https://192.0.2.7/v2/": dial tcp 192.0.2.7:443: i/o timeout',
    'failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://r.example/v2/x/blobs/sha256:ab": EOF',
    resolve(
      'r.example/x:1',
      'failed to authorize: failed to fetch anonymous token: Get "https://r.example/token?[redacted]": read tcp 192.0.2.1:40000->192.0.2.7:443: read: connection reset by peer',
    ),
    resolve(
      'r.example/x:1',
      head('https://r.example/v2/x/manifests/1', 'http2: client connection lost'),
    ),
    'download failed after attempts=6: dial tcp 192.0.2.7:443: i/o timeout',
    'Get http://127.0.0.1:5999/v2/: dial tcp 127.0.0.1:5999: connect: connection refused',
  ],
  slow: [
    resolve(
      '127.0.0.1:5003/x:1',
      head('http://127.0.0.1:5003/v2/x/manifests/1', 'net/http: timeout awaiting response headers'),
    ),
    'Get "http://127.0.0.1:5003/v2/": context deadline exceeded',
    'Get "http://127.0.0.1:5003/v2/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    'Get "https://192.0.2.7/v2/": net/http: TLS handshake timeout',
    'failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://r.example/v2/x/blobs/sha256:ab": context deadline exceeded (Client.Timeout or context cancellation while reading body)',
  ],
  certificate: [
    resolve(
      '127.0.0.1:5004/x:1',
      head(
        'https://127.0.0.1:5004/v2/x/manifests/1',
        'tls: first record does not look like a TLS handshake',
      ),
    ),
    resolve(
      'r.example/x:1',
      head(
        'https://r.example/v2/x/manifests/1',
        'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      ),
    ),
    'Get "https://r.example/v2/": x509: certificate has expired or is not yet valid: current time 2026-11-28T05:28:28Z is after 2026-01-01T00:00:00Z',
    'Get "https://r.example/v2/": http: server gave HTTP response to HTTPS client',
    'Get "https://r.example/v2/": remote error: tls: handshake failure',
  ],
  platform: [
    'no matching manifest for linux/amd64 in the manifest list entries: no match for platform in manifest: not found',
    'no matching manifest for linux/arm64/v8 in the manifest list entries',
    'image operating system "windows" cannot be used on this platform',
    'failed to pull and unpack image "r.example/x:1": no match for platform in manifest: not found',
    'image with reference r.example/x:1 was found but does not provide the specified platform (linux/arm64)',
    'image with reference r.example/x:1 was found but its platform (linux/amd64) does not match the specified platform (linux/arm64)',
    'cannot download image with operating system "windows" when requesting "linux"',
  ],
  disk_full: [
    'failed to register layer: write /opt/conda/lib/libmkl.so: no space left on device',
    'failed to extract layer sha256:ab: write /var/lib/containerd/tmp/x: no space left on device: unknown',
    'write /var/lib/docker/tmp/GetImageBlob123: no space left on device',
    'write /srv/engine/tmp/GetImageBlob123: no space left on device',
    'failed to prepare extraction snapshot "extract-1 sha256:ab": failed to create temp dir: mkdir /var/lib/containerd/x: no space left on device: unknown',
    'failed commit on ref "layer-sha256:ab": write /data/x: no space left on device',
  ],
  not_a_registry: [
    "error unmarshalling content: invalid character '<' looking for beginning of value",
    'unknown: <!DOCTYPE html><html><body><h1>Sign in</h1></body></html>',
    'denied: <html><body>403</body></html>',
    `error parsing HTTP 403 response body: invalid character '<' looking for beginning of value: "<!DOCTYPE html><html>Sign in</html>"`,
    `Head "http://127.0.0.1:5120/v2/lab/image/manifests/1": unable to decode token response: invalid character '<' looking for beginning of value`,
    'Head "http://127.0.0.1:5105/v2/lab/image/manifests/1": stopped after 10 redirects',
    'missing signature key',
    'invalid checksum digest length',
  ],
  wrong_digest: [
    'manifest verification failed for digest sha256:11',
    'error pulling image configuration: image config verification failed for digest sha256:9d',
    'filesystem layer verification failed for digest sha256:ab',
    'failed commit on ref "layer-sha256:ab": unexpected commit digest sha256:cd, expected sha256:ab: failed precondition',
  ],
  rate_limit: [
    'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating',
    resolve(
      'docker.io/lab/x:1',
      `unexpected status from HEAD request to ${HUB}lab/x/manifests/1: 429 Too Many Requests`,
    ),
  ],
  registry_fails: [
    'received unexpected HTTP status: 500 Internal Server Error',
    'received unexpected HTTP status: 503 Service Unavailable',
    resolve(
      'r.example/x:1',
      'unexpected status from HEAD request to https://r.example/v2/x/manifests/1: 503 Service Unavailable',
    ),
  ],
}
