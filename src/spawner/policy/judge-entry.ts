import * as v from 'valibot'
import { CONTAINER, type Entry } from '../settings/entries.ts'
import { judgeHostname } from './judge-aliases.ts'
import {
  judgeHealthcheck,
  judgeOomScore,
  judgeRestart,
  judgeStopGracePeriod,
} from './judge-bounds.ts'
import type { Judge, JudgeContext } from './judge-context.ts'
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
import { judgeResources } from './judge-resources.ts'
import { judgeUlimits } from './judge-ulimits.ts'

/** What the policy says of one value: where it would go, who said so, and the rule. */
export const Verdict = v.object({
  path: v.string(),
  from: v.string(),
  verdict: v.picklist(['allowed', 'refused']),
  rule: v.string(),
})
export type Verdict = v.InferOutput<typeof Verdict>

/** Which judge is for which part of the spec; what is not here is a field. */
const JUDGES: readonly (readonly [path: readonly string[], judge: Judge])[] = [
  [[...CONTAINER, 'Image'], judgeImage],
  [[...CONTAINER, 'Env'], judgeVariable],
  [[...CONTAINER, 'Hostname'], judgeHostname],
  [[...CONTAINER, 'Labels'], judgeLabel],
  [['Labels'], judgeLabel],
  [[...CONTAINER, 'Mounts'], judgeMounts],
  [[...CONTAINER, 'CapabilityAdd'], judgeCapabilities],
  [[...CONTAINER, 'Secrets'], judgeSecrets],
  [[...CONTAINER, 'Configs'], judgeConfigs],
  [[...CONTAINER, 'StopGracePeriod'], judgeStopGracePeriod],
  [[...CONTAINER, 'Healthcheck'], judgeHealthcheck],
  [[...CONTAINER, 'OomScoreAdj'], judgeOomScore],
  [[...CONTAINER, 'Ulimits'], judgeUlimits],
  [['TaskTemplate', 'RestartPolicy'], judgeRestart],
  [['TaskTemplate', 'Networks'], judgeNetworks],
  [['TaskTemplate', 'LogDriver'], judgeLogDriver],
  [['TaskTemplate', 'Resources', 'MemorySwappiness'], judgeField],
  [['TaskTemplate', 'Resources'], judgeResources],
  [['TaskTemplate', 'Placement'], judgePlacement],
]

/** Judges an entry: one verdict for a value, or one for each item of a list. */
export const judgeEntry = ({ path, value, from }: Entry, context: JudgeContext): Verdict[] => {
  const judge = JUDGES.find(([start]) => start.every((part, index) => part === path[index]))?.[1]
  return (judge ?? judgeField)(value, context, path).map(({ item, allowed, rule }) => {
    const index = item === undefined ? '' : `.${item}`
    return {
      path: path.join('.') + index,
      from: from + index,
      verdict: allowed ? 'allowed' : 'refused',
      rule,
    }
  })
}
