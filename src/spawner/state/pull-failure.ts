/** Why a node could not pull an image. Engines until 28.5 do not say why: `not_told`. */
export type PullFailure =
  | 'not_told'
  | 'unknown_image'
  | 'no_access'
  | 'unreachable'
  | 'slow'
  | 'certificate'
  | 'platform'
  | 'disk_full'
  | 'not_a_registry'
  | 'wrong_digest'
  | 'rate_limit'
  | 'registry_fails'

/**
 * The beginnings of the Engine's words when a pull failed, from Engine 20.10 to 29.7, with both image stores.
 * Words about a mount, a driver or a program begin differently, whatever names they contain.
 */
const PULL = new RegExp(
  [
    'No such image: ',
    'error pulling ',
    'failed to (?:resolve reference "|do request: |authorize: |copy: |pull and unpack image "|(?:extract|register) layer\\b|fetch (?:anonymous|oauth) token|prepare extraction snapshot "|commit snapshot )',
    'failed commit on ref "',
    '(?:filesystem layer|manifest) verification failed for digest ',
    'error unmarshalling content: ',
    'invalid checksum digest (?:format|length)$',
    'missing signature key$',
    '(?<=unknown: )<(?:!DOCTYPE|!doctype|html)\\b',
    'download failed after attempts=',
    'received unexpected HTTP status: ',
    'error parsing HTTP \\d{3} response body: ',
    '(?:Get|Head|Post) "?https?://[^"\\s]*/(?:v2|token)\\b',
    'manifest for \\S+ not found',
    'repository \\S+ not found',
    '(?:manifest|name) unknown(?:$|: )',
    'pull access denied for ',
    '(?:unauthorized|denied|toomanyrequests): ',
    'no basic auth credentials$',
    'no matching manifest for ',
    'no match for platform in manifest',
    'image operating system ',
    'cannot download image with operating system ',
    'image with reference \\S+ was found but ',
    '(?:write|mkdir|open|rename) /\\S+/(?:(?:docker|containerd)/\\S+|tmp/GetImageBlob\\d*): no space left on device$',
  ]
    .map((beginning) => `^(?:unknown: |errors:\\s{1,4})?${beginning}`)
    .join('|'),
)

/**
 * The cause of a failed pull. It is at the end of the words, and the first row that matches counts. If a
 * registry cannot be reached, the words also contain the look-up of its name.
 */
const CAUSES: readonly [failure: PullFailure, words: RegExp][] = [
  ['not_told', /^No such image: /],
  [
    'not_a_registry',
    // A page of HTML, an address that leads back to itself, JSON that is no manifest.
    /^(?:\w{1,20}: |error parsing HTTP 4\d\d response body: [^"]{1,100}"){0,2}<(?:!doctype|html|head|body)\b|(?:^error unmarshalling content|: unable to decode token response): |": stopped after 10 redirects$|^(?:missing signature key|unexpected end of JSON input|invalid checksum digest (?:format|length)|invalid character .{1,20} looking for beginning of value)$/i,
  ],
  [
    'wrong_digest',
    /(?:^|: )(?:manifest|filesystem layer|image config) verification failed for digest |: unexpected commit digest \S+ expected /,
  ],
  ['rate_limit', /^toomanyrequests: |: 429 Too Many Requests(?:$|: )/],
  [
    'registry_fails',
    /(?:^received unexpected HTTP status|: unexpected status from \S+ request to \S+): 5\d\d\b/,
  ],
  ['disk_full', /: no space left on device(?:: unknown)?$/],
  [
    'certificate',
    /: (?:tls: failed to verify certificate: )?x509: |: (?:remote error: )?tls: |: http: server gave HTTP response to HTTPS client$/,
  ],
  [
    'platform',
    /^(?:no matching manifest for \S+ in the manifest list entries|image operating system |cannot download image with operating system |image with reference \S+ was found but (?:does not provide the specified|its) platform )|(?:^|: )no match for platform in manifest\b/,
  ],
  [
    'no_access',
    /(?:^|: )no basic auth credentials$|: 40[13] (?:Unauthorized|Forbidden)(?:$|: )|^(?:unknown: |errors:\s{1,4})?(?:unauthorized|denied): |": (?:unauthorized|denied)(?:$|: )|(?:^|: )pull access denied(?:,| for )|: insufficient_scope: /,
  ],
  [
    'unknown_image',
    // A layer's snapshot that is "not found" says nothing about the image.
    /failed to resolve reference "[^"\s]+": [^"\s]+: not found$|: content at \S+ not found: not found$|: 404 Not Found(?:$|: )|^(?:manifest for \S+|repository \S+) not found|(?:^|": )(?:manifest|name) unknown(?:$|: )/,
  ],
  [
    'slow',
    /: net\/http: (?:timeout awaiting response headers|TLS handshake timeout)$|\(Client\.Timeout [^()]{1,60}\)$/,
  ],
  [
    'unreachable',
    /: dial (?:tcp|udp)\b|: (?:i\/o timeout|no such host|server misbehaving|EOF|unexpected EOF|connection reset by peer|connection refused|connection timed out|broken pipe|no route to host|network is unreachable|http2: client connection lost)$/,
  ],
  ['slow', /: context deadline exceeded$/],
]

/** Returns whether the words of a task are about a failed pull. */
export const isPullFailure = (words: string): boolean => PULL.test(words)

/** The cause of a failed pull. Undefined for other words, and for a cause that we do not know. */
export const readPullFailure = (words: string | null | undefined): PullFailure | undefined =>
  words && isPullFailure(words) ? causeIn(words) : undefined

/** The cause in words that are about a registry: the Engine was asked about an image, and for nothing else. */
export const readRegistryFailure = (words: string): PullFailure | undefined => causeIn(words)

const causeIn = (words: string): PullFailure | undefined =>
  CAUSES.find(([, cause]) => cause.test(words))?.[0]

/** Returns whether a later try may succeed although nobody changes the image or its registry. */
export const canHeal = (failure: PullFailure | undefined): boolean =>
  failure === undefined || !LASTING.has(failure)

const LASTING: ReadonlySet<PullFailure> = new Set([
  'not_told',
  'unknown_image',
  'no_access',
  'certificate',
  'platform',
])

/** What an admin can do about a failed pull. */
export const PULL_ADVICE: Readonly<Record<PullFailure, string>> = {
  not_told:
    'The node does not have the image and could not pull it: check its name and tag, whether the nodes reach its registry, and the registry credentials of the SwarmSpawner service (SWARMSPAWNER_REGISTRY_AUTH or DOCKER_CONFIG)',
  unknown_image:
    'The registry does not have the image: check its name and tag, and whether it was pushed',
  no_access:
    'The registry needs credentials, or refuses those that it got: check the name of the image, and give the service credentials for it (SWARMSPAWNER_REGISTRY_AUTH or DOCKER_CONFIG)',
  unreachable:
    'The node does not reach the registry: check the name and port in the image, and the DNS, firewall and proxy of the node. You see the same with docker pull on the node',
  slow: 'The registry does not answer in time: check whether it works, and the firewall and proxy between it and the node. You see the same with docker pull on the node',
  certificate:
    "The node does not trust the registry, or the registry does not use TLS: put the certificate of its CA into /etc/docker/certs.d/<registry>/ca.crt on every node, or list it in insecure-registries of the nodes' daemon.json",
  platform:
    "The image is for another kind of processor: build it for the node's kind, or choose the nodes with a placement constraint (node.platform.arch)",
  disk_full: 'The disk of the node is full: run docker system df on the node',
  not_a_registry:
    'No registry answers there, but something else, such as a web page or a login: check the name and port in the image, and what stands before the registry. You see the same with curl -iL https://<registry>/v2/',
  wrong_digest:
    'The registry, or a proxy before it, gave something else than the digest says: push the image again, and empty the cache of the proxy',
  rate_limit:
    'The registry gives no more for now: give the service credentials for it, which often allow more, or copy the image to a registry of your own',
  registry_fails:
    'The registry answers with an error of its own: see its log, and that of a proxy before it',
}
