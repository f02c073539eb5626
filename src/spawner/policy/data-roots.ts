import { isWithin, tidy } from './tidy-path.ts'

/** The default directory of an Engine's own data. Other nodes than ours may use it, and we do not ask them. */
const DEFAULT_ROOT = '/var/lib/docker'

/**
 * Why a path of a node may not be mounted whatever a policy lists: it is in an Engine's own data, or contains that. There
 * lie the files of all containers and volumes, and of swarm's keys.
 */
export const dataRootRefusal = (path: string, dataRoot: string | undefined): string | undefined => {
  const clean = tidy(path)
  const roots = [DEFAULT_ROOT, ...(dataRoot ? [tidy(dataRoot)] : [])]
  return roots.some((root) => isWithin(root, clean) || isWithin(clean, root))
    ? "the Engine's own data (DockerRootDir of docker info), and what contains it, can't be mounted; no policy allows it"
    : undefined
}
