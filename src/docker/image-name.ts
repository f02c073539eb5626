/** The parts of an image's name, completed by the Engine's rules (distribution/reference, normalize.go). */
type ImageName = {
  registry: string
  path: string
  tag: string | undefined
  digest: string | undefined
}

/** No valid name is longer: it has a host, 255 characters of path, 128 of tag, and a digest. */
const MAX_LENGTH = 1000
const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/
const PATH = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/

/**
 * Reads the name of an image; without a registry it is an image of Docker Hub. Undefined when Engines refuse
 * the name, or when some Engine versions read it differently.
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

/** Splits the name of an image, or a pattern for names. It does not check the parts. */
export const splitImage = (text: string): ImageName => {
  const at = text.indexOf('@')
  const named = at < 0 ? text : text.slice(0, at)
  const slash = named.indexOf('/')
  const first = named.slice(0, Math.max(slash, 0))
  // If the first part is no host, it belongs to a path at Docker Hub. `*` occurs in patterns.
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

/** Returns whether two names mean the same image for the Engine. */
export const isSameImage = (one: string, other: string): boolean => {
  const [a, b] = [parseImage(one), parseImage(other)]
  return one === other || (a !== undefined && b !== undefined && inFull(a) === inFull(b))
}

const inFull = ({ registry, path, tag, digest }: ImageName): string =>
  JSON.stringify([registry, path, tag ?? (digest === undefined ? 'latest' : ''), digest])

/**
 * Returns whether a text is an image id, or the beginning of one. Nodes look up `sha256:…` among their own
 * images and ask no registry. Swarm reads plain digits as a name, but all other commands read four or more of
 * them as an id.
 */
export const isImageId = (text: string): boolean =>
  /^(?:sha\d{3}:[0-9a-fA-F]{1,128}|[0-9a-f]{4,64})$/.test(text)

/** The host names of Docker Hub: one registry, several names. */
const DOCKER_HUB = [
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
]

/** The host of a registry in lower case. All ways to write the same registry give the same text. */
export const registryHost = (registry: string): string => {
  const host = registry.toLowerCase().replace(/:443$/, '')
  return DOCKER_HUB.includes(host) ? 'docker.io' : host
}

const LOOPBACK =
  /^(?:localhost|[^:]*\.localhost|localhost\.localdomain|(?:127|0)(?:\.\d+){0,3}|\[[0:]*(?:1|ffff:7f[0-9a-f:]*)?\])(?::\d+)?$/

/** Returns whether a registry's host is the loopback. Each node would ask its own machine there. */
export const isOnLoopback = (registry: string): boolean => LOOPBACK.test(registry.toLowerCase())
