/** What an image is called in the words of a pull. */
export type ImageNames = {
  image: string
  /** In full, with registry and tag. */
  ref: string
  /** The host that is asked. */
  registry: string
  /** The address of its manifest, without `https://`. */
  manifest: string
}

/** Reads an image's name as the docker CLI does: without a registry it is Docker Hub's, without a tag the latest. */
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
