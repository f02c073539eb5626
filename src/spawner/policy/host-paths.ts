import { isAnything, matches, type Names } from './patterns.ts'

/** Directories of a node that are its own: who can write there, or read it all, has the node. */
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
  if (roots.some((root) => !isAnything(root) && isUnder(root, path, names))) return undefined
  if (!path.startsWith('/')) return 'a path of a node begins with /'
  if (!roots.some(isAnything)) return 'this directory of the nodes is not among them'
  return isOfNode(path)
    ? 'directories of the node itself, what contains them, and sockets of engines have to be listed'
    : undefined
}

/** Says whether a path is a directory of a policy, or in it; one that is no path from the root is the very same text. */
const isUnder = (root: string, path: string, names: Names): boolean => {
  if (!root.startsWith('/')) return root === path
  const [clean, inside] = [tidy(root), tidy(path)]
  if (clean === '/') return inside.startsWith('/')
  // A placeholder is one directory, and so is `*`.
  const depth = clean.split('/').length
  const start = inside.split('/').slice(0, depth)
  return (
    start.length === depth &&
    clean.split('/').every((part, index) => matches(part, start[index] ?? '', names))
  )
}

const isOfNode = (path: string): boolean => {
  const clean = tidy(path)
  return (
    ENGINE_SOCKET.test(clean) ||
    NODE_PATHS.some((own) => isWithin(own, clean) || isWithin(clean, own))
  )
}

const isWithin = (outer: string, inner: string): boolean =>
  outer === '/' || inner === outer || inner.startsWith(`${outer}/`)

/** The path as the kernel walks it: no empty parts, no `.`, no slash at the end. */
const tidy = (path: string): string =>
  `${path.startsWith('/') ? '/' : ''}${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`
