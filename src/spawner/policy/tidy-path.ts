/** The path as the kernel walks it: no empty parts, no `.`, no slash at the end. `..` stays, because behind a link it leads elsewhere. */
export const tidy = (path: string): string =>
  // Most paths are tidy already, and each path is compared with a list of directories.
  /^(?:\/[^/.][^/]*)+$/.test(path) ? path : walked(path)

const walked = (path: string): string =>
  `${path.startsWith('/') ? '/' : ''}${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`

/** Says whether a part of a path is `..`, also as Windows separates them: plugins decide what they take for a path. */
export const climbs = (path: string): boolean => path.split(/[/\\]/).includes('..')

/** Where the Engine mounts a target: from the root, and without `..`, as Go's path.Clean makes it. */
export const mountPoint = (target: string): string => {
  const parts: string[] = []
  for (const part of walked(target).split('/'))
    if (part === '..') parts.pop()
    else if (part !== '') parts.push(part)
  return `/${parts.join('/')}`
}

/** Returns whether `inner` is `outer` or lies inside it. Both must be tidy. */
export const isWithin = (outer: string, inner: string): boolean =>
  outer === '/' || inner === outer || inner.startsWith(`${outer}/`)
