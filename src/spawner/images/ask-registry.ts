import type { Docker } from '../../docker/docker.ts'
import { type DockerError, type DockerErrorCode, isDockerError } from '../../docker/errors.ts'
import { type Distribution, inspectDistribution } from '../../docker/images.ts'
import type { Platform } from '../../docker/platforms.ts'
import { type PullFailure, readRegistryFailure } from '../state/pull-failure.ts'
import { isDigest } from './image-names.ts'

/** What a registry says of a tag: its digest, or why there is none, in the Engine's words. */
export type RegistryAnswer =
  | { digest: string; platforms: Platform[] }
  | { kind: 'refused' | 'unreachable'; words: string }

/** 20 s: nobody waits for so long, but an answer that comes late is good for the next start. */
const TIMEOUT_MS = 20_000
/** No image is made for more, and a registry may answer anything. */
const MAX_PLATFORMS = 64
const PLATFORM_WORD = /^[\w.-]{1,64}$/

/**
 * Asks the registry of an image for the digest of its tag, through the Engine. Throws the DockerErrors that say that the Engine
 * itself cannot be asked.
 */
export const askRegistry = async (
  docker: Docker,
  { image, registryAuth }: { image: string; registryAuth: string | undefined },
): Promise<RegistryAnswer> => {
  try {
    const call = { image, registryAuth, timeoutMs: TIMEOUT_MS }
    const { Descriptor, Platforms } = await inspectDistribution(docker, call)
    if (!isDigest(Descriptor.digest)) return { kind: 'unreachable', words: NO_DIGEST }
    return { digest: Descriptor.digest, platforms: platformsOf(Platforms ?? []) }
  } catch (error) {
    if (!isDockerError(error) || isEngineAway(error)) throw error
    return { kind: kindOf(error), words: error.engineMessage ?? error.message }
  }
}

const NO_DIGEST = 'its answer has no digest of the form sha256:<64 hex digits>'

/** An Engine tells that a registry is too slow or busy by codes that are about itself in other calls. */
const isEngineAway = ({ code }: DockerError): boolean =>
  ['unreachable', 'permission_denied', 'tls', 'connection_lost'].includes(code)

const SAYS_NO: readonly DockerErrorCode[] = [
  'unauthorized',
  'forbidden',
  'not_found',
  'bad_request',
]

/**
 * Whether the registry said no, or nothing that can be used. The words count before the status: Engines tell missing
 * credentials by a 500, and the page of a web server, or a limit of pulls, by a 4xx.
 */
const kindOf = (error: DockerError): 'refused' | 'unreachable' => {
  const cause = readRegistryFailure(error.engineMessage ?? '')
  const saysNo = cause ? REFUSALS.includes(cause) : SAYS_NO.includes(error.code)
  return saysNo ? 'refused' : 'unreachable'
}

const REFUSALS: readonly PullFailure[] = ['unknown_image', 'no_access']

/**
 * Images tell `arm` where nodes tell `armv7l`, so Swarm would place no such image: as the docker CLI, we ask only for the
 * system. `unknown` is the platform of signatures and build records, which a list of images holds as well.
 */
export const platformsOf = (told: NonNullable<Distribution['Platforms']>): Platform[] => {
  const words = told.slice(0, MAX_PLATFORMS).flatMap(({ architecture = '', os = '' }) => {
    const isKnown = PLATFORM_WORD.test(architecture) && PLATFORM_WORD.test(os) && os !== 'unknown'
    return isKnown ? [`${os}/${architecture === 'arm' ? '' : architecture}`] : []
  })
  return [...new Set(words)].map((one) => {
    const [OS = '', Architecture = ''] = one.split('/')
    return { Architecture, OS }
  })
}
