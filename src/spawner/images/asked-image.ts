import type { BuiltSpec } from '../build-spec.ts'

/** The image of a built spec as it was asked for, whatever it was resolved to. */
export const askedImage = ({ spec, labels }: Pick<BuiltSpec, 'spec' | 'labels'>): string =>
  labels.image ?? spec.TaskTemplate.ContainerSpec.Image
