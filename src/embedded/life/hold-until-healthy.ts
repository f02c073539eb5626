import * as v from 'valibot'
import type { Scenario } from './scenarios.ts'

const Nanoseconds = v.optional(v.nullable(v.number()), 0)

const Healthcheck = v.object({
  Test: v.optional(v.nullable(v.array(v.string())), []),
  Interval: Nanoseconds,
  StartPeriod: Nanoseconds,
  StartInterval: Nanoseconds,
})

const DEFAULT_INTERVAL_NS = 30e9
const DEFAULT_START_INTERVAL_NS = 5e9

/**
 * Delays a scenario's `running` until a health check would have passed for the first time. In this engine all
 * health checks pass.
 */
export const holdUntilHealthy = (scenario: Scenario, healthcheck: unknown): Scenario => {
  const check = v.safeParse(Healthcheck, healthcheck)
  if (!check.success || !isProbe(check.output.Test)) return scenario
  const running = scenario.moments.findIndex(({ status }) => status.State === 'running')
  if (running < 0) return scenario
  const delayMs = firstProbeNs(check.output) / 1e6
  const moments = scenario.moments.map(({ ms, status }, index) => ({
    ms: index < running ? ms : ms + delayMs,
    status,
  }))
  return { ...scenario, moments }
}

/**
 * Returns whether a test is a real health check. `[]` is the image's own check, which we do not know;
 * `["NONE"]` means no check.
 */
const isProbe = (test: readonly string[] | null): boolean =>
  test !== null && test.length > 0 && test[0] !== 'NONE'

const firstProbeNs = ({
  Interval,
  StartPeriod,
  StartInterval,
}: v.InferOutput<typeof Healthcheck>): number =>
  StartPeriod ? StartInterval || DEFAULT_START_INTERVAL_NS : Interval || DEFAULT_INTERVAL_NS
