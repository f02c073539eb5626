/** The path as the kernel reads it: without empty parts, `.`, and a slash at the end. */
export const tidy = (path: string): string =>
  // Most paths are tidy already, and each path is compared with a list of directories.
  /^(?:\/[^/.][^/]*)+$/.test(path) ? path : walked(path)

const walked = (path: string): string =>
  `${path.startsWith('/') ? '/' : ''}${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`

/** Returns whether `inner` is `outer` or lies inside it. Both must be tidy. */
export const isWithin = (outer: string, inner: string): boolean =>
  outer === '/' || inner === outer || inner.startsWith(`${outer}/`)
