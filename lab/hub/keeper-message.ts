import * as v from 'valibot'
import { HubDescription } from './describe-hub.ts'

/** The messages of a keeper to the process that started it: its progress and the result. */
export const KeeperMessage = v.union([
  v.object({ say: v.string() }),
  v.object({ hub: HubDescription }),
  v.object({ failure: v.string() }),
])
export type KeeperMessage = v.InferOutput<typeof KeeperMessage>
