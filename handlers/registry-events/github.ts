import * as v from 'valibot'
import { hostOf, MaybeText, type PushedImage, readEach, Text, type Vendor } from './pushed-image.ts'

/** Packages of other kinds, such as npm's, have no `container_metadata`. */
const Package = v.object({
  package_version: v.object({
    package_url: Text,
    container_metadata: v.object({ tag: v.object({ name: Text, digest: MaybeText }) }),
  }),
})
const Action = v.picklist(['published', 'updated'])
/** github.com/octokit/webhooks. The event `registry_package` is the older one, and still sent. */
const Published = v.union([
  v.object({ action: Action, package: Package }),
  v.object({ action: Action, registry_package: Package }),
])

/** The GitHub Container Registry. A `package_url` is `ghcr.io/Owner/image:tag`; registries want lower case. */
const readPackage = ({ package_version }: v.InferOutput<typeof Package>): PushedImage => {
  const name = package_version.package_url.toLowerCase()
  const registry = hostOf(name)
  const { tag } = package_version.container_metadata
  return {
    registry,
    repository: name.slice(registry.length + 1).replace(/[:@].*$/s, ''),
    tag: tag.name,
    digest: tag.digest ?? undefined,
  }
}

/** GitHub's webhooks: a header names the event, and each kind of package has the same two. */
export const github: Vendor = {
  name: 'GitHub',
  recognizes: ({ headers }) => headers.has('x-github-event'),
  read: (body) =>
    readEach([body], Published, (event) =>
      readPackage('package' in event ? event.package : event.registry_package),
    ),
}
