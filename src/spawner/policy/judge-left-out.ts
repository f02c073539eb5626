import { findEntry, lastWins } from '../settings/assemble-spec.ts'
import { CONTAINER, type Entry } from '../settings/entries.ts'
import { type BoundRefusal, delayRefusal, scoreRefusal, stopRefusal } from './judge-bounds.ts'
import { finding, type JudgeContext } from './judge-context.ts'
import type { Verdict } from './judge-entry.ts'

type LeftOut = {
  path: string
  from: string
  key: string
  /** The default of the setting, in the units of the spec. */
  value: number
  refusal: BoundRefusal
}

const CONTAINER_PATH = CONTAINER.join('.')
const RESTART_PATH = 'TaskTemplate.RestartPolicy'

const LEFT_OUT: readonly LeftOut[] = [
  {
    path: `${CONTAINER_PATH}.StopGracePeriod`,
    from: 'stop_grace_period',
    key: 'stop_grace_period',
    value: 10e9,
    refusal: stopRefusal,
  },
  {
    path: `${CONTAINER_PATH}.OomScoreAdj`,
    from: 'container_spec.oom_score_adj',
    key: 'oom_score_adj',
    value: 0,
    refusal: scoreRefusal,
  },
  {
    // Swarm's own default (swarmkit, api/defaults/service.go).
    path: `${RESTART_PATH}.Delay`,
    from: 'restart_policy',
    key: 'restart_delay',
    value: 5e9,
    refusal: delayRefusal,
  },
]

/** Judges the defaults of settings that the hub leaves out, because a policy may forbid a default as well. */
export const judgeLeftOut = (entries: readonly Entry[], context: JudgeContext): Verdict[] => {
  const given = lastWins(entries)
  const condition = findEntry(given, `${RESTART_PATH}.Condition`)?.value ?? 'none'
  return LEFT_OUT.flatMap(({ path, from, key, value, refusal }) => {
    if (findEntry(given, path) || (path.startsWith(RESTART_PATH) && condition === 'none')) return []
    const why = refusal(value, context)
    if (why === undefined) return []
    const { rule } = finding(context, key, `it has to be set: ${why}`)
    return [{ path, from, verdict: 'refused', rule }]
  })
}
