import * as v from 'valibot'
import type { EngineFacts } from '../engine/engine-facts.ts'
import { CONTAINER, type Entry } from '../settings/entries.ts'
import { PULL_POLICY } from '../settings/pull-policy.ts'
import { judgeHostname } from './judge-aliases.ts'
import {
  judgeHealthcheck,
  judgeOomScore,
  judgeRestart,
  judgeStopGracePeriod,
} from './judge-bounds.ts'
import {
  type EngineJudge,
  type Finding,
  type Judge,
  type JudgeContext,
  pathKey,
} from './judge-context.ts'
import { judgeField, judgePlacement } from './judge-fields.ts'
import { judgeImage } from './judge-image.ts'
import { judgeLogDriver } from './judge-log-driver.ts'
import { judgeMounts } from './judge-mounts.ts'
import {
  judgeCapabilities,
  judgeConfigs,
  judgeLabel,
  judgeSecrets,
  judgeVariable,
} from './judge-names.ts'
import { judgeNetworks } from './judge-networks.ts'
import { judgePullPolicy } from './judge-pull-policy.ts'
import { judgeResources } from './judge-resources.ts'
import { judgeUlimits } from './judge-ulimits.ts'

/**
 * The policy's verdict on one value: its path in the spec, the setting that it came from, and the rule in
 * words.
 */
export const Verdict = v.object({
  path: v.string(),
  from: v.string(),
  verdict: v.picklist(['allowed', 'refused']),
  rule: v.string(),
})
export type Verdict = v.InferOutput<typeof Verdict>

type ByPath<T> = ReadonlyMap<string, T>

const byPath = <T>(judges: readonly (readonly [path: readonly string[], judge: T])[]): ByPath<T> =>
  new Map(judges.map(([path, judge]) => [pathKey(path), judge]))

/** The judges that need what the Engine said, by the part of the spec that they judge. */
const ENGINE_JUDGES = byPath<EngineJudge>([
  [[...CONTAINER, 'Mounts'], judgeMounts],
  [['TaskTemplate', 'Networks'], judgeNetworks],
])

/** The judges of all other parts. A part that is in neither table is a field. */
const JUDGES = byPath<Judge>([
  [[...CONTAINER, 'Image'], judgeImage],
  [PULL_POLICY, judgePullPolicy],
  [[...CONTAINER, 'Env'], judgeVariable],
  [[...CONTAINER, 'Hostname'], judgeHostname],
  [[...CONTAINER, 'Labels'], judgeLabel],
  [['Labels'], judgeLabel],
  [[...CONTAINER, 'CapabilityAdd'], judgeCapabilities],
  [[...CONTAINER, 'Secrets'], judgeSecrets],
  [[...CONTAINER, 'Configs'], judgeConfigs],
  [[...CONTAINER, 'StopGracePeriod'], judgeStopGracePeriod],
  [[...CONTAINER, 'Healthcheck'], judgeHealthcheck],
  [[...CONTAINER, 'OomScoreAdj'], judgeOomScore],
  [[...CONTAINER, 'Ulimits'], judgeUlimits],
  [['TaskTemplate', 'RestartPolicy'], judgeRestart],
  [['TaskTemplate', 'LogDriver'], judgeLogDriver],
  [['TaskTemplate', 'Resources', 'MemorySwappiness'], judgeField],
  [['TaskTemplate', 'Resources'], judgeResources],
  [['TaskTemplate', 'Placement'], judgePlacement],
])

/** The judge of the longest part that leads to a path. It is looked up, because every value of every request comes here. */
const judgeOf = <T>(judges: ByPath<T>, path: readonly string[]): T | undefined => {
  for (let length = Math.min(path.length, LONGEST); length > 0; length--) {
    const judge = judges.get(pathKey(path.slice(0, length)))
    if (judge) return judge
  }
  return undefined
}

/** No judge is for a longer path. */
const LONGEST = 3

/** The verdicts on a part of a request, or a function that makes them of what the Engine said. */
export type Judgement = readonly Verdict[] | ((facts: EngineFacts) => Verdict[])

/** Judges an entry. Returns one verdict for a value, or one for each item of a list. */
export const judgeEntry = (entry: Entry, context: JudgeContext): Judgement => {
  const { path, value } = entry
  const byEngine = judgeOf(ENGINE_JUDGES, path)
  if (byEngine) return (facts) => verdictsOf(entry, byEngine(value, { ...context, ...facts }, path))
  const judge = judgeOf(JUDGES, path) ?? judgeField
  return verdictsOf(entry, judge(value, context, path))
}

const verdictsOf = ({ path, from }: Entry, findings: readonly Finding[]): Verdict[] =>
  findings.map(({ item, allowed, rule }) => {
    const index = item === undefined ? '' : `.${item}`
    return {
      path: path.join('.') + index,
      from: from + index,
      verdict: allowed ? 'allowed' : 'refused',
      rule,
    }
  })
