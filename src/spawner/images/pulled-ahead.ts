import type { Docker } from '../../docker/docker.ts'
import { isDockerError } from '../../docker/errors.ts'
import { listJobs } from '../../docker/jobs.ts'
import { keepAnswers } from '../engine/keep-answers.ts'
import { fullNameOfTag, isDigest } from './image-names.ts'
import { readPullLabels } from './pull-labels.ts'
import { PULL_PREFIX } from './pull-spec.ts'
import { announce, type KnownTag } from './tag-memory.ts'

/** Writes the digest that a hub's pull job has of a tag into what is known of it, unless something newer is. */
export type LearnOfJobs = (tag: KnownTag, name: string, hub: string) => Promise<void>

/** 2 s: a start waits for it. */
const TIMEOUT_MS = 2000

/** Makes a LearnOfJobs. All who ask within some seconds share one list of all pull jobs. */
export const createLearnOfJobs = (docker: Docker, now: () => number): LearnOfJobs => {
  const list = keepAnswers(async () => {
    try {
      return await listJobs(docker, { filters: { name: [PULL_PREFIX] }, timeoutMs: TIMEOUT_MS })
    } catch (error) {
      if (isDockerError(error)) return []
      throw error
    }
  }, now)
  return async (tag, name, hub) => {
    for (const { CreatedAt, Spec } of await list('')) {
      const labels = readPullLabels(Spec.Labels)
      const digest = labels?.digest ?? ''
      if (labels?.hub !== hub || !isDigest(digest) || fullNameOfTag(labels.image) !== name) continue
      // The name of a job has its digest in it, so a job is as old as what it says.
      announce(tag, hub, { digest, atMs: Date.parse(CreatedAt) })
    }
  }
}
