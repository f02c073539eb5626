import { isAtLeast } from '../../docker/api-version.ts'
import { type CheckedContainer, healthOfContainer } from '../../docker/containers.ts'
import type { Docker } from '../../docker/docker.ts'
import { isDockerError } from '../../docker/errors.ts'
import { keepAnswers } from './keep-answers.ts'

/** A health check, as far as it is known. Nanoseconds, as the Engine has them; 0 is the Engine's default. */
export type HealthCheck = {
  interval: number
  startPeriod: number
  startInterval: number
}

export type HealthChecks = {
  /**
   * Asks for the check of a container, whoever gave it. Undefined where the Engine that we ask does not have the container,
   * or does not show it. Asks at most once in five seconds.
   */
  ofContainer: (containerId: string) => Promise<CheckedContainer | undefined>
  /** When a check runs for the first time, in seconds after the program's start. */
  firstRunS: (check: HealthCheck, signal: AbortSignal) => Promise<number>
}

/** 1 s: the container only adds details, so nobody should wait for it. */
const TIMEOUT_MS = 1000
const DEFAULT_INTERVAL_NS = 30e9
const DEFAULT_START_INTERVAL_NS = 5e9

/** Makes HealthChecks, which remember answers for some seconds. */
export const createHealthChecks = (docker: Docker, now: () => number): HealthChecks => ({
  ofContainer: keepAnswers(async (id) => {
    try {
      return await healthOfContainer(docker, { id, timeoutMs: TIMEOUT_MS })
    } catch (error) {
      if (isDockerError(error)) return undefined
      throw error
    }
  }, now),
  firstRunS: async ({ interval, startPeriod, startInterval }, signal) => {
    // Before API 1.44, a start period only forgives failures.
    const hasStartInterval = startPeriod > 0 && isAtLeast(await docker.apiVersion(signal), '1.44')
    const ns = hasStartInterval
      ? startInterval || DEFAULT_START_INTERVAL_NS
      : interval || DEFAULT_INTERVAL_NS
    return ns / 1e9
  },
})

/** How often a check runs once its start period is over, in seconds. */
export const intervalS = ({ interval }: HealthCheck): number =>
  (interval || DEFAULT_INTERVAL_NS) / 1e9
