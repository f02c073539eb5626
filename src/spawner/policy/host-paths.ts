import { isAnything, matches, type Names } from './patterns.ts'
import { isWithin, tidy } from './tidy-path.ts'

/** The usual places for data, which a hub may mount where no policy says otherwise; nothing of a node itself lies there. */
export const DATA_DIRECTORIES: readonly string[] = [
  ...['/srv', '/mnt', '/media', '/data', '/nfs', '/exports', '/scratch', '/shared'],
]

/** Directories of a node that are its own: who can write there, or read it all, has the node. `*` does not mean them. */
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

/** The sockets of container engines, wherever they are. */
const ENGINE_SOCKET = /(^|\/)(docker|containerd|podman|crio|buildkitd)[^/]*\.sock$/i

/** The refusals of paths that a line of the policy would allow. */
const UNLISTED = 'this directory of the nodes is not among them'
const OF_NODE =
  'directories of the node itself, what contains them, and sockets of engines have to be listed'

/** Says whether a line of a policy would allow what was refused so. */
export const isForPolicy = (refusal: string): boolean => refusal === UNLISTED || refusal === OF_NODE

/** Why a path of a node may not be mounted, in the words of a rule; undefined where it may. */
export const hostPathRefusal = (
  path: string,
  roots: readonly string[],
  names: Names,
): string | undefined => {
  if (roots.length === 0) return 'none is'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a path is not to have
  if (/[\0-\x1f\x7f]/.test(path) || path.includes('{{'))
    return 'a path of a node is plain text, without templates'
  if (path.split('/').includes('..')) return 'a path of a node has no ".."'
  const isSocket = ENGINE_SOCKET.test(tidy(path))
  if (roots.some((root) => isNamed(root, isSocket) && isUnder(root, path, names))) return undefined
  if (!path.startsWith('/')) return 'a path of a node begins with /'
  if (isSocket) return OF_NODE
  if (!roots.some(isAnything)) return UNLISTED
  return isOfNode(path) ? OF_NODE : undefined
}

/** Says whether a rule names what lies in it; the usual places for data name no socket of an engine. */
const isNamed = (root: string, isSocket: boolean): boolean =>
  !isAnything(root) && !(isSocket && DATA_DIRECTORIES.includes(tidy(root)))

/**
 * Says whether a path is a directory of a policy, or in it; with `/.` at its end it is the directory alone. One that is no path
 * from the root is the very same text.
 */
const isUnder = (root: string, path: string, names: Names): boolean => {
  if (!root.startsWith('/')) return root === path
  const [clean, inside] = [tidy(root), tidy(path)]
  const isAlone = root.endsWith('/.')
  if (clean === '/') return isAlone ? inside === '/' : inside.startsWith('/')
  // A placeholder is one directory, and so is `*`.
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
