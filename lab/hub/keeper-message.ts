import * as v from 'valibot'
import { HubDescription } from './describe-hub.ts'

/** What a keeper tells whoever started it: its progress, and how that ended. */
export const KeeperMessage = v.union([
  v.object({ say: v.string() }),
  v.object({ hub: HubDescription }),
  v.object({ failure: v.string() }),
])
export type KeeperMessage = v.InferOutput<typeof KeeperMessage>
