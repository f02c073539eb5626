import type { Platform } from '../../docker/platforms.ts'

/**
 * Who said what an image is. `name`: its own name, which has a digest or is an id; `registry`: just now, or within the time that digests
 * are kept; `announced`: a push or a pull ahead; `known`: one of both, longer ago; `engine`: the images of the manager;
 * `nobody`: the tag goes to the nodes as it is.
 */
export type ResolvedFrom = 'name' | 'registry' | 'announced' | 'known' | 'engine' | 'nobody'

/** What a service is created with instead of a tag. */
export type ResolvedImage = {
  /** The image of the spec: `name:tag@sha256:…`, an image id, or the name as it is. */
  image: string
  digest?: string | undefined
  /** The platforms that the image is made for, as far as its registry told. */
  platforms?: readonly Platform[] | undefined
  from: ResolvedFrom
  /** A sentence for people: the registry did not tell the digest. */
  warning?: string | undefined
  /** Why a start with this image is refused. */
  refusal?: string | undefined
}
