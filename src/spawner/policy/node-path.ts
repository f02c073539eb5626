import { dataRootRefusal } from './data-roots.ts'
import { hostPathRefusal, isForPolicy } from './host-paths.ts'
import { type EngineJudgeContext, patternsOf } from './judge-context.ts'
import { lineToAdd } from './line-to-add.ts'
import { withMode } from './patterns.ts'
import { tidy } from './tidy-path.ts'

/**
 * Why a path of a node may not be mounted, by the directories of the policy and by where the Engine has its data; undefined
 * where it may. Where a line of the policy would allow it, the line is told.
 */
export const nodePathRefusal = (
  path: string,
  context: EngineJudgeContext,
  { isReadOnly = false, isSecret = false }: { isReadOnly?: boolean; isSecret?: boolean } = {},
): string | undefined => {
  const listed = patternsOf(context, ({ mounts }) => mounts?.bind)
  const why = hostPathRefusal(path, withMode(listed, isReadOnly), context.names)
  if (why !== undefined && !isForPolicy(why)) return why
  const never = dataRootRefusal(path, context.dataRoot)
  if (never !== undefined || why === undefined || isSecret) return never ?? why
  return why + lineToAdd(['mounts', 'bind'], { text: tidy(path), listed, context })
}
