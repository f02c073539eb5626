/** The parts of an image's name, completed as the Engine does (distribution/reference, normalize.go). */
type ImageName = {
  registry: string
  path: string
  tag: string | undefined
  digest: string | undefined
}

/** Longer than any: a host, 255 characters of path, 128 of tag, and a digest. */
const MAX_LENGTH = 1000
const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/
const PATH = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/

/**
 * Reads the name of an image; undefined where Engines refuse it, or some of them make something else of it. Without a
 * registry it is Docker Hub's.
 */
export const parseImage = (text: string): ImageName | undefined => {
  if (text.length > MAX_LENGTH || /^[0-9a-f]{64}$/.test(text)) return undefined
  const name = splitImage(text)
  const { registry, path, tag, digest } = name
  const isName =
    HOST.test(registry) &&
    PATH.test(path) &&
    path.length <= 255 &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest))
  return isName ? name : undefined
}

/** The parts of a name, or of a pattern for names, whatever they are made of. */
export const splitImage = (text: string): ImageName => {
  const at = text.indexOf('@')
  const named = at < 0 ? text : text.slice(0, at)
  const slash = named.indexOf('/')
  const first = named.slice(0, Math.max(slash, 0))
  // A first part that is no host belongs to a path at Docker Hub. `*` occurs in patterns.
  const isHost = first === 'localhost' || /[.:*A-Z]/.test(first)
  const registry = isHost && first !== 'index.docker.io' ? first : 'docker.io'
  const rest = isHost ? named.slice(slash + 1) : named
  const colon = rest.lastIndexOf(':')
  const isTagged = colon > rest.lastIndexOf('/')
  const path = isTagged ? rest.slice(0, colon) : rest
  return {
    registry,
    path: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path,
    tag: isTagged ? rest.slice(colon + 1) : undefined,
    digest: at < 0 ? undefined : text.slice(at + 1),
  }
}

/** Says whether two names are of the same image to the Engine. */
export const isSameImage = (one: string, other: string): boolean => {
  const [a, b] = [parseImage(one), parseImage(other)]
  return one === other || (a !== undefined && b !== undefined && inFull(a) === inFull(b))
}

const inFull = ({ registry, path, tag, digest }: ImageName): string =>
  JSON.stringify([registry, path, tag ?? (digest === undefined ? 'latest' : ''), digest])

/**
 * Says whether a text is the id of an image, or the first digits of one. Nodes run by `sha256:…` what they have, and ask
 * no registry. Digits alone are a name to Swarm, yet ids to all other commands, which take four and more.
 */
export const isImageId = (text: string): boolean =>
  /^(?:sha\d{3}:[0-9a-fA-F]{1,128}|[0-9a-f]{4,64})$/.test(text)

/** Names of Docker Hub, which is one registry under several. */
const DOCKER_HUB = [
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]

/** The host of a registry, of several ways to write it always the same. */
export const registryHost = (registry: string): string => {
  const host = registry.toLowerCase().replace(/:443$/, '')
  return DOCKER_HUB.includes(host) ? 'docker.io' : host
}

const LOOPBACK =
  /^(?:localhost|[^:]*\.localhost|localhost\.localdomain|(?:127|0)(?:\.\d+){0,3}|\[[0:]*(?:1|ffff:7f[0-9a-f:]*)?\])(?::\d+)?$/

/** Says whether a registry is on the loopback, where each node has another one. */
export const isOnLoopback = (registry: string): boolean => LOOPBACK.test(registry.toLowerCase())
