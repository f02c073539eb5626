import type { BuiltSpec } from './build-spec.ts'
import { askedImage } from './images/asked-image.ts'
import { isUnreadable } from './images/registry-logins.ts'
import type { Verdict } from './policy/judge-entry.ts'
import { CONTAINER } from './settings/entries.ts'
import type { Spawner } from './spawner.ts'

/** The path of the image in a spec. */
export const IMAGE = [...CONTAINER, 'Image'].join('.')

/**
 * Refuses an image that only a user has named, if the service has credentials for its registry. A node that has
 * the image in its cache would run it, although the registry gives it only to callers with credentials. Returns
 * undefined when the image is allowed.
 */
export const judgePrivateImage = async (
  { registryAuth }: Pick<Spawner, 'registryAuth'>,
  built: BuiltSpec,
): Promise<Verdict | undefined> => {
  const { sources, isTrustedImage } = built
  if (isTrustedImage) return undefined
  const has = await whatServiceHas(registryAuth(askedImage(built)))
  if (has === undefined) return undefined
  return {
    path: IMAGE,
    from: sources[IMAGE] ?? IMAGE,
    verdict: 'refused',
    rule: `not allowed by the policy (user.images): the service has ${has}, so its images have to be listed by name, such as ['*', 'quay.io/lab/*']`,
  }
}

/** Credentials that cannot be read count as well: the registry may be private. */
const whatServiceHas = async (
  asked: ReturnType<Spawner['registryAuth']>,
): Promise<string | undefined> => {
  try {
    return (await asked) === undefined ? undefined : 'credentials for this registry'
  } catch (error) {
    if (!isUnreadable(error)) throw error
    return `credentials for this registry that it cannot read (${error.message})`
  }
}
