import type { JobSpec } from '../../docker/jobs.ts'
import { sha256Hex } from '../server/digest.ts'
import { digestIn, withDigest } from './image-names.ts'
import { commonPlatforms, readPlatform } from './image-platforms.ts'
import { type PullLabels, writePullLabels, writePullTaskLabels } from './pull-labels.ts'

/** The beginning of the name of every pull job. The service of a server ends with a dash and its suffix, and so never is one. */
export const PULL_PREFIX = 'swarmspawner-pull-'

/** Names an image on some nodes, whatever its digest is. Two hubs never share a job. */
export const keyOfPull = ({
  hub,
  image,
  source,
  constraints,
  platforms,
}: Pick<PullLabels, 'hub' | 'image' | 'source' | 'constraints' | 'platforms'>): string =>
  hashOf([hub, image, source, [...constraints].sort(), [...platforms].sort()])

const hashOf = (parts: readonly unknown[]): string => sha256Hex(JSON.stringify(parts)).slice(0, 32)

/** The name of a pull job: the same for all who want the same, so that only one of them creates it. */
export const nameOfPull = ({ key, digest }: Pick<PullLabels, 'key' | 'digest'>): string =>
  `${PULL_PREFIX}${hashOf([key, digest ?? ''])}`

/**
 * 1 hour: Swarm tries a failed task of a global job again for ever, also with the condition `none`, and without a delay it
 * does so three times a second (measured, Engines 20.10 and 28.5). Our own periodic run tries sooner.
 */
const RETRY_NS = 3600e9

/** 64 MiB: what the container runtime needs until docker-init has written its version. Nothing is reserved. */
const MEMORY_BYTES = 64 * 1024 * 1024
/** 64: the container runtime needs some threads before the program starts. */
const PIDS = 64

/**
 * Makes the job that downloads an image and runs nothing of it. Its only program is Docker's own docker-init, which Docker
 * mounts into every container with `Init`, over a file of that name in the image. It is a static program, so that it needs no
 * file of the image, prints its version and ends. Neither the image's entry point nor its health check nor its user count.
 */
export const pullSpec = (labels: PullLabels): JobSpec => ({
  Name: nameOfPull(labels),
  Labels: writePullLabels(labels),
  TaskTemplate: {
    ContainerSpec: {
      Image: pinned(labels),
      Labels: writePullTaskLabels(labels),
      Init: true,
      Command: ['/sbin/docker-init', '--version'],
      Healthcheck: { Test: ['NONE'] },
      User: '65534:65534',
      ReadOnly: true,
      CapabilityDrop: ['ALL'],
    },
    Resources: { Limits: { MemoryBytes: MEMORY_BYTES, Pids: PIDS } },
    RestartPolicy: { Condition: 'on-failure', Delay: RETRY_NS },
    Placement: placementOf(labels),
    LogDriver: { Name: 'none' },
  },
  Mode: { GlobalJob: {} },
})

const pinned = ({ image, digest }: PullLabels): string =>
  digest === undefined || digestIn(image) !== undefined ? image : withDigest(image, digest)

/** Windows has no docker-init. Where the image is for no wanted platform, Swarm shall try none of the nodes. */
const placementOf = ({ constraints, platforms, 'image-platforms': ofImage = [] }: PullLabels) => {
  const wanted = platforms.map(readPlatform)
  const common = commonPlatforms(wanted, ofImage.map(readPlatform)) ?? [NOWHERE]
  return {
    Constraints: [...new Set([...constraints, 'node.platform.os==linux'])],
    ...(common.length > 0 && { Platforms: [...common] }),
  }
}

const NOWHERE = { OS: 'none', Architecture: 'none' }
