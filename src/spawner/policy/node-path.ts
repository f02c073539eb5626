import { dataRootRefusal } from './data-roots.ts'
import { hostPathRefusal, isForPolicy } from './host-paths.ts'
import { type EngineJudgeContext, patternsOf } from './judge-context.ts'
import { lineToAdd } from './line-to-add.ts'
import { withMode } from './patterns.ts'
import { tidy } from './tidy-path.ts'

/**
 * Why a path of a node may not be mounted; undefined when it may. It compares the path with the directories of
 * the policy and with the Engine's own data. If a line in the policy could allow it, the text includes that
 * line.
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
