import type { Mount } from '../docker/service-spec.ts'
import { isWithin, tidy } from './policy/tidy-path.ts'

/** A warning that what users save in `notebook_dir` is gone with the server; undefined where a mount keeps it, or may. */
export const notebookDirWarning = (
  notebookDir: string | null | undefined,
  mounts: readonly Mount[],
): string | undefined => {
  // What `~` and a relative path mean, only the image knows.
  if (!notebookDir?.startsWith('/')) return undefined
  const directory = tidy(notebookDir)
  const mayKeep = ({ Target }: Mount): boolean =>
    Target.includes('{{') || isWithin(tidy(Target), directory)
  if (mounts.some(mayKeep)) return undefined
  return 'notebook_dir: lies outside of every mount, so what users save there is gone when their server ends; mount a volume there, or choose a directory in a mount'
}
