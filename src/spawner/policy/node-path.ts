import { dataRootRefusal } from './data-roots.ts'
import { hostPathRefusal, isForPolicy } from './host-paths.ts'
import { type Judging, patternsOf } from './judging.ts'
import { lineToAdd } from './line-to-add.ts'
import { withMode } from './patterns.ts'
import { tidy } from './tidy-path.ts'

/**
 * Why a path of a node may not be mounted, by the directories of the policy and by where the Engine has its data; undefined
 * where it may. Where a line of the policy would allow it, the line is told.
 */
export const nodePathRefusal = (
  path: string,
  judging: Judging,
  { isReadOnly = false, isSecret = false }: { isReadOnly?: boolean; isSecret?: boolean } = {},
): string | undefined => {
  const listed = patternsOf(judging, ({ mounts }) => mounts?.bind)
  const why = hostPathRefusal(path, withMode(listed, isReadOnly), judging.names)
  if (why !== undefined && !isForPolicy(why)) return why
  const never = dataRootRefusal(path, judging.dataRoot)
  if (never !== undefined || why === undefined || isSecret) return never ?? why
  return why + lineToAdd(['mounts', 'bind'], { text: tidy(path), listed, judging })
}
