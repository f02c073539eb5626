import type { Docker } from '../../docker/docker.ts'
import { isDockerError } from '../../docker/errors.ts'
import { listNodes, type Node } from '../../docker/nodes.ts'
import { info } from '../../docker/system.ts'
import { findVolume, type Volume } from '../../docker/volumes.ts'
import { keepAnswers } from './keep-answers.ts'

/** What warnings need of the Engine. What it does not tell is undefined: a warning never fails a start. */
export type SwarmFacts = {
  nodes: () => Promise<readonly Node[] | undefined>
  /** A volume of the Engine's own node. */
  volume: (name: string) => Promise<Volume | undefined>
  /** The host name of the Engine's own node. */
  ownNode: () => Promise<string | undefined>
}

/** 1 s: nobody should wait for a warning. */
const TIMEOUT_MS = 1000

/** Makes SwarmFacts. Answers are kept for some seconds, for all who ask. */
export const createSwarmFacts = (docker: Docker, now: () => number): SwarmFacts => {
  const nodes = keepAnswers(() => unlessRefused(listNodes(docker, { timeoutMs: TIMEOUT_MS })), now)
  const own = keepAnswers(() => unlessRefused(info(docker, { timeoutMs: TIMEOUT_MS })), now)
  return {
    ownNode: async () => (await own(''))?.Name,
    nodes: () => nodes(''),
    volume: keepAnswers(
      (name) => unlessRefused(findVolume(docker, { name, timeoutMs: TIMEOUT_MS })),
      now,
    ),
  }
}

const unlessRefused = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer
  } catch (error) {
    if (isDockerError(error)) return undefined
    throw error
  }
}
