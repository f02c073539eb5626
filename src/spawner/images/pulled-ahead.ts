import type { Docker } from '../../docker/docker.ts'
import { isDockerError } from '../../docker/errors.ts'
import { listJobs } from '../../docker/jobs.ts'
import { keepAnswers } from '../engine/keep-answers.ts'
import { fullNameOfTag, isDigest } from './image-names.ts'
import { readPullLabels } from './pull-labels.ts'
import { PULL_PREFIX } from './pull-spec.ts'
import { announce, type DigestMemory } from './tag-memory.ts'

/** 2 s: a start waits for it. */
const TIMEOUT_MS = 2000

/**
 * Makes a function that writes the digests of all pull jobs into a memory, each for the hub of its job. All who ask within some
 * seconds share one call. An Engine that refuses it tells nothing.
 */
export const createLearnOfJobs = (
  docker: Docker,
  { memory, now }: { memory: DigestMemory; now: () => number },
): (() => Promise<void>) => {
  const list = keepAnswers(async () => {
    try {
      return await listJobs(docker, { filters: { name: [PULL_PREFIX] }, timeoutMs: TIMEOUT_MS })
    } catch (error) {
      if (isDockerError(error)) return []
      throw error
    }
  }, now)
  return async () => {
    for (const { CreatedAt, Spec } of await list('')) {
      const { hub, image = '', digest = '' } = readPullLabels(Spec.Labels) ?? {}
      const name = fullNameOfTag(image)
      if (hub === undefined || name === undefined || !isDigest(digest)) continue
      // The name of a job has its digest in it, so a job is as old as what it says.
      announce(memory.trusted.of(name), hub, { digest, atMs: Date.parse(CreatedAt) })
    }
  }
}
