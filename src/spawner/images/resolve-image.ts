import type { ServiceSpec } from '../../docker/service-spec.ts'
import type { BuiltSpec } from '../build-spec.ts'
import { IMAGE } from '../private-image.ts'
import { writeLabels } from '../server/labels.ts'
import type { Spawner } from '../spawner.ts'
import type { ResolvedImage } from './resolved-image.ts'

/** A spec as the service is created with it, and what its image was resolved to. */
export type ResolvedSpec = { built: BuiltSpec; image: ResolvedImage }

/**
 * Puts the digest of its image into a spec, or the id. Labels then hold the image as it was asked for. Where the registry told the platforms
 * of the image, and no setting does, Swarm places the server on nodes of these.
 */
export const resolveImage = async (
  { digests }: Pick<Spawner, 'digests'>,
  built: BuiltSpec,
  signal: AbortSignal,
  isBegun?: () => Promise<boolean>,
): Promise<ResolvedSpec> => {
  const { pullPolicy, isTrustedImage: isTrusted } = built
  const { hub } = built.labels
  const asked = built.spec.TaskTemplate.ContainerSpec.Image
  const image = await digests.resolve(asked, { pullPolicy, isTrusted, hub, signal, isBegun })
  if (image.image === asked) return { built, image }
  const labels = { ...built.labels, image: asked, ...(!isTrusted && { isUsersImage: true }) }
  const spec = withLabels(withImage(built.spec, image), writeLabels(labels))
  const platforms = spec.TaskTemplate.Placement?.Platforms
  const isOurs = platforms !== built.spec.TaskTemplate.Placement?.Platforms
  const from = built.sources[IMAGE] ?? IMAGE
  const sources = { ...built.sources, ...(isOurs && { [PLATFORMS]: from }) }
  return { built: { ...built, spec, labels, sources }, image }
}

const PLATFORMS = 'TaskTemplate.Placement.Platforms'

const withImage = (spec: ServiceSpec, { image, platforms }: ResolvedImage): ServiceSpec => {
  const { TaskTemplate } = spec
  const { ContainerSpec, Placement } = TaskTemplate
  const isSet = (Placement?.Platforms?.length ?? 0) > 0
  return {
    ...spec,
    TaskTemplate: {
      ...TaskTemplate,
      ContainerSpec: { ...ContainerSpec, Image: image },
      ...(platforms?.length &&
        !isSet && { Placement: { ...Placement, Platforms: [...platforms] } }),
    },
  }
}

const withLabels = (spec: ServiceSpec, labels: Record<string, string>): ServiceSpec => {
  const { TaskTemplate } = spec
  const { ContainerSpec } = TaskTemplate
  return {
    ...spec,
    Labels: { ...spec.Labels, ...labels },
    TaskTemplate: {
      ...TaskTemplate,
      ContainerSpec: { ...ContainerSpec, Labels: { ...ContainerSpec.Labels, ...labels } },
    },
  }
}
