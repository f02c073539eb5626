import { isWithin, tidy } from './tidy-path.ts'

/** The default directory of an Engine's own data. We do not ask the other nodes, and they may use it. */
const DEFAULT_ROOT = '/var/lib/docker'

/**
 * Why a path of a node must never be mounted, whatever a policy lists: it is in an Engine's own data, or
 * contains it. That data includes the files of all containers and volumes, and the keys of the swarm.
 */
export const dataRootRefusal = (path: string, dataRoot: string | undefined): string | undefined => {
  const clean = tidy(path)
  const roots = [DEFAULT_ROOT, ...(dataRoot ? [tidy(dataRoot)] : [])]
  return roots.some((root) => isWithin(root, clean) || isWithin(clean, root))
    ? "the Engine's own data (DockerRootDir in docker info) and directories that contain it can't be mounted; no policy allows it"
    : undefined
}
