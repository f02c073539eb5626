import * as v from 'valibot'
import { readLabels } from '../../src/spawner/server/labels.ts'

const Spec = v.looseObject({
  Labels: v.optional(v.record(v.string(), v.string())),
  TaskTemplate: v.looseObject({ ContainerSpec: v.looseObject({ Image: v.string() }) }),
})

/** The spec of a service, with its image as the hub asked for it in place of the digest. */
export const withAskedImage = (spec: unknown) => {
  const { Labels, TaskTemplate, ...rest } = v.parse(Spec, spec)
  const { ContainerSpec } = TaskTemplate
  const Image = readLabels(Labels)?.image ?? ContainerSpec.Image
  const template = { ...TaskTemplate, ContainerSpec: { ...ContainerSpec, Image } }
  return { ...rest, Labels, TaskTemplate: template }
}
