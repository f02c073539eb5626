/** The names of an image in the Engine's words about a pull. */
export type ImageNames = {
  image: string
  /** The full name, with registry and tag. */
  ref: string
  /** The registry's host that the Engine asks. */
  registry: string
  /** The address of the image's manifest, without `https://`. */
  manifest: string
}

/**
 * Reads an image's name as the docker CLI does. Without a registry it is an image of Docker Hub, without a tag
 * the latest.
 */
export const imageNames = (image: string): ImageNames => {
  const [, domain, rest = image] = /^([^/]*[.:][^/]*|localhost)\/(.*)$/.exec(image) ?? []
  const path = domain === undefined && !rest.includes('/') ? `library/${rest}` : rest
  const [, repository = path, tag, digest] = /^([^:@]*)(?::([^@]*))?(?:@(.*))?$/.exec(path) ?? []
  const registry = domain ?? 'registry-1.docker.io'
  const version = digest ?? tag ?? 'latest'
  return {
    image,
    ref: `${domain ?? 'docker.io'}/${path}${tag === undefined && digest === undefined ? ':latest' : ''}`,
    registry,
    manifest: `${registry}/v2/${repository}/manifests/${version}`,
  }
}
