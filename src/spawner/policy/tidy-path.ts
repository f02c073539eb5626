/** The path as the kernel walks it: no empty parts, no `.`, no slash at the end. */
export const tidy = (path: string): string =>
  // Most are, and a list of directories is gone through for each path.
  /^(?:\/[^/.][^/]*)+$/.test(path) ? path : walked(path)

const walked = (path: string): string =>
  `${path.startsWith('/') ? '/' : ''}${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`

/** Says whether a tidy path is another one, or lies in it. */
export const isWithin = (outer: string, inner: string): boolean =>
  outer === '/' || inner === outer || inner.startsWith(`${outer}/`)
