import { isAnything, matches, type Names } from './patterns.ts'
import { climbs, isWithin, tidy } from './tidy-path.ts'

/**
 * The usual directories for data. A hub may mount them when no policy says otherwise, because a node keeps
 * nothing of its own there.
 */
export const DATA_DIRECTORIES: readonly string[] = [
  ...['/srv', '/mnt', '/media', '/data', '/nfs', '/exports', '/scratch', '/shared'],
]

/**
 * Directories that belong to the node itself. Whoever can write there, or read all of it, controls the node.
 * `*` does not include them.
 */
const NODE_PATHS = [
  ...['/etc', '/root', '/boot', '/efi', '/dev', '/proc', '/sys', '/run', '/var/run', '/var/spool'],
  ...[
    '/usr',
    '/bin',
    '/sbin',
    '/lib',
    '/lib32',
    '/lib64',
    '/libx32',
    '/opt/containerd',
    '/opt/cni',
  ],
  ...['/var/lib/docker', '/var/lib/containerd', '/var/lib/containers', '/var/lib/kubelet'],
  ...['/var/lib/systemd', '/var/lib/cloud', '/snap', '/var/snap', '/sysroot', '/ostree', '/nix'],
]

/** The sockets of container engines, in any directory. */
const ENGINE_SOCKET = /(^|\/)(docker|containerd|podman|crio|buildkitd)[^/]*\.sock$/i

/** The two refusals that a line in the policy can lift. */
const UNLISTED = 'this directory is not listed'
const OF_NODE =
  'directories of the node itself, directories that contain them, and sockets of engines have to be listed'

/** Returns whether a line in the policy could lift this refusal. */
export const isForPolicy = (refusal: string): boolean => refusal === UNLISTED || refusal === OF_NODE

/** Why a path of a node may not be mounted, as the end of a sentence; undefined when it may. */
export const hostPathRefusal = (
  path: string,
  roots: readonly string[],
  names: Names,
): string | undefined => {
  if (roots.length === 0) return 'it allows nothing'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a path must not have them
  if (/[\0-\x1f\x7f]/.test(path) || path.includes('{{'))
    return 'a path of a node must be plain text without templates'
  if (climbs(path)) return 'a path of a node must not contain ".."'
  const isSocket = ENGINE_SOCKET.test(tidy(path))
  if (roots.some((root) => isNamed(root, isSocket) && isUnder(root, path, names))) return undefined
  if (!path.startsWith('/')) return 'a path of a node must begin with /'
  if (isSocket) return OF_NODE
  if (!roots.some(isAnything)) return UNLISTED
  return isOfNode(path) ? OF_NODE : undefined
}

/**
 * Returns whether a rule names the directory itself. `*` does not. The usual data directories do not name an
 * engine's socket inside them.
 */
const isNamed = (root: string, isSocket: boolean): boolean =>
  !isAnything(root) && !(isSocket && DATA_DIRECTORIES.includes(tidy(root)))

/**
 * Returns whether a path is a directory of the policy, or inside it. With `/.` at its end, the rule means the
 * directory without its contents. A rule that is not an absolute path must be the same text.
 */
const isUnder = (root: string, path: string, names: Names): boolean => {
  if (!root.startsWith('/')) return root === path
  const [clean, inside] = [tidy(root), tidy(path)]
  const isAlone = root.endsWith('/.')
  if (clean === '/') return isAlone ? inside === '/' : inside.startsWith('/')
  // A placeholder and a `*` each stand for one directory.
  const depth = clean.split('/').length
  const start = inside.split('/').slice(0, depth)
  return (
    start.length === depth &&
    !(isAlone && inside.split('/').length > depth) &&
    clean.split('/').every((part, index) => matches(part, start[index] ?? '', names))
  )
}

const isOfNode = (path: string): boolean => {
  const clean = tidy(path)
  return NODE_PATHS.some((own) => isWithin(own, clean) || isWithin(clean, own))
}
