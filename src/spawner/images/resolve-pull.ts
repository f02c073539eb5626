import { type DockerErrorCode, isDockerError } from '../../docker/errors.ts'
import { inspectDistribution } from '../../docker/images.ts'
import { platformInWords } from '../../docker/platforms.ts'
import { printable } from '../errors.ts'
import type { Spawner } from '../spawner.ts'
import { imagePlatforms } from './image-platforms.ts'

/** What a registry says of an image that is pulled ahead. */
export type ResolvedPull = {
  digest?: string | undefined
  /** `linux/amd64` and so on; undefined where nobody was asked. */
  platforms?: string[] | undefined
  warning?: string | undefined
}

/** 10 s: a hub waits 15 s for an answer. */
const TIMEOUT_MS = 10_000
const MAX_WARNING = 500

/** The Engine could not be asked at all. Its other refusals are a registry's. */
const OF_THE_ENGINE: ReadonlySet<DockerErrorCode> = new Set([
  'unreachable',
  'permission_denied',
  'tls',
  'connection_lost',
  'not_in_swarm',
  'not_a_manager',
])

/** Asks the registry for the digest of a tag. A registry that does not answer gives a warning, and the nodes then ask for the tag. */
export const resolvePull = async (
  { docker, registryAuth }: Pick<Spawner, 'docker' | 'registryAuth'>,
  image: string,
  signal: AbortSignal,
): Promise<ResolvedPull> => {
  const digest = /@(sha\d{3}:[0-9a-f]+)$/.exec(image)?.[1]
  if (digest !== undefined) return { digest }
  try {
    const options = { image, registryAuth: await registryAuth(image), signal }
    const found = await inspectDistribution(docker, { ...options, timeoutMs: TIMEOUT_MS })
    return {
      digest: found.Descriptor.digest,
      platforms: imagePlatforms(found).map(platformInWords),
    }
  } catch (error) {
    if (!isDockerError(error) || OF_THE_ENGINE.has(error.code)) throw error
    const words = error.engineMessage ?? error.message
    return { warning: printable(`${UNASKED} ${words}`, MAX_WARNING) }
  }
}

const UNASKED = 'its registry told no digest, so each node asks for the tag, or uses what it has:'
