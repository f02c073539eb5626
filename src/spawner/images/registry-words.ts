import { type DockerErrorCode, isDockerError } from '../../docker/errors.ts'
import { parseImage, registryHost } from '../../docker/image-name.ts'
import { printable } from '../errors.ts'
import { PULL_ADVICE, type PullFailure, readRegistryFailure } from '../state/pull-failure.ts'

/** What the registry of an image answered: a sentence, and what an admin can do about it. */
export type RegistryWords = { message: string; advice: string }

type Asked = {
  image: string
  /** Whether the service's credentials went with the question. */
  hasCredentials: boolean
  /** How long the answer was waited for, in milliseconds. */
  patienceMs: number
}

/**
 * Says in words why a registry did not tell the digest of an image. Undefined for an error that is about the Engine, and not about
 * the registry.
 */
export const registryWords = (error: unknown, asked: Asked): RegistryWords | undefined => {
  if (!isDockerError(error)) return undefined
  const registry = registryNamed(asked.image)
  if (error.code === 'timeout') return silent(registry, asked.patienceMs)
  const words = error.engineMessage
  if (words === undefined || ABOUT_ENGINE.has(error.code)) return undefined
  const failure = readRegistryFailure(words)
  const said = `${sentenceOn(failure, words, { ...asked, registry })} (${quoted(words)})`
  const advice = failure === 'no_access' ? accessAdvice(asked.hasCredentials) : undefined
  return { message: said, advice: advice ?? (failure ? PULL_ADVICE[failure] : UNKNOWN_ADVICE) }
}

const ABOUT_ENGINE: ReadonlySet<DockerErrorCode> = new Set([
  'not_in_swarm',
  'not_a_manager',
  'no_leader',
  'locked',
  'tls',
])

const silent = (registry: string, patienceMs: number): RegistryWords => ({
  message: `${registry} has not answered within ${patienceMs / 1000} s`,
  advice: `A start waits as long, and then goes on with the tag as it is. ${PULL_ADVICE.slow}`,
})

const UNKNOWN_ADVICE = 'You see the same with docker pull on the node'

/** 300 characters of the Engine's words: a registry may answer with a whole page. */
const quoted = (words: string): string =>
  words.length > 300 ? `${printable(words, 300)}…` : printable(words, 300)

const hostOf = (image: string): string => registryHost(parseImage(image)?.registry ?? '')

/** The registry of an image, for people. */
export const registryNamed = (image: string): string =>
  hostOf(image) === 'docker.io' ? 'Docker Hub' : `the registry ${hostOf(image)}`

type Known = Asked & { registry: string }

const sentenceOn = (failure: PullFailure | undefined, words: string, known: Known): string => {
  const { registry } = known
  if (failure === 'unknown_image') return `${registry} has no ${missing(words, known.image)}`
  if (failure === 'no_access')
    return known.hasCredentials
      ? `${registry} refuses the credentials of the service`
      : `${registry} needs credentials, and the service has none for it`
  const [, , said = 'does not tell the digest'] =
    SAID.find(([why, has]) => why === failure && has.test(words)) ?? []
  const other = leadsTo(words, known.image)
  return other ? `${registry} leads to ${other}, which ${said}` : `${registry} ${said}`
}

const SAID: readonly [failure: PullFailure, words: RegExp, said: string][] = [
  ['unreachable', /: dial \w+: lookup /, "is not found: the Engine's DNS does not know its name"],
  ['unreachable', /connection refused/, 'refuses the connection: nothing listens at its port'],
  ['unreachable', /EOF$|reset by peer|broken pipe|connection lost/, 'hangs up without an answer'],
  ['unreachable', /(?:)/, 'cannot be reached'],
  ['slow', /(?:)/, 'does not answer'],
  ['certificate', /HTTP response to HTTPS client/, 'speaks plain HTTP, and the Engine expects TLS'],
  ['certificate', /x509: /, 'has a certificate that the Engine does not trust'],
  ['certificate', /(?:)/, 'does not speak TLS as the Engine does'],
  ['not_a_registry', /redirects$/, 'sends the Engine from one address to the next, without an end'],
  ['not_a_registry', /</, 'answers with a web page: it is no registry'],
  ['not_a_registry', /(?:)/, 'answers nonsense: it is no registry, or a broken one'],
  ['rate_limit', /(?:)/, 'gives no more for now'],
  ['registry_fails', /(?:)/, 'has an error of its own'],
  ['wrong_digest', /(?:)/, 'gave something else than the digest says'],
]

const missing = (words: string, image: string): string => {
  const { path = image, tag = 'latest', digest } = parseImage(image) ?? {}
  if (/name unknown|repository \S+ not found/.test(words)) return `repository ${path}`
  return digest === undefined ? `tag ${tag} of ${path}` : `image ${digest} of ${path}`
}

/** The other host that the Engine was sent to: by a redirect, or for a token. */
const leadsTo = (words: string, image: string): string | undefined => {
  const hosts = [...words.matchAll(/"?https?:\/\/([^/"\s?]{1,253})/g)].map(([, host = '']) => host)
  const last = hosts.at(-1)
  const isSame = !last || registryHost(last) === hostOf(image) || /\bdocker\.(?:io|com)$/.test(last)
  return isSame ? undefined : last
}

const accessAdvice = (hasCredentials: boolean): string =>
  `${hasCredentials ? 'Check the user and password, and whether that user may read the image' : 'Give the service credentials for it: SWARMSPAWNER_REGISTRY_AUTH_FILE (docs/images.md)'}. Check the name of the image, too: many registries answer so for an image that does not exist`
