import { type ApiVersion, isAtLeast } from './api-version.ts'
import type { ServiceSpec } from './service-spec.ts'

/**
 * Fields of a service that older Engines silently drop (moby, adjustForAPIVersion): the field, the first API
 * version that knows it, and a function that reads it from a spec.
 */
const SINCE: readonly [field: string, version: ApiVersion, used: (spec: ServiceSpec) => unknown][] =
  [
    ['Privileges.Seccomp', '1.44', (spec) => container(spec).Privileges?.Seccomp],
    ['Privileges.AppArmor', '1.44', (spec) => container(spec).Privileges?.AppArmor],
    ['Privileges.NoNewPrivileges', '1.44', (spec) => container(spec).Privileges?.NoNewPrivileges],
    ['Healthcheck.StartInterval', '1.44', (spec) => container(spec).Healthcheck?.StartInterval],
    [
      'Mounts.VolumeOptions.Subpath',
      '1.45',
      (spec) => mount(spec, (m) => m.VolumeOptions?.Subpath),
    ],
    ['Mounts.TmpfsOptions.Options', '1.46', (spec) => mount(spec, (m) => m.TmpfsOptions?.Options)],
    ['OomScoreAdj', '1.46', (spec) => container(spec).OomScoreAdj],
    ['Resources.SwapBytes', '1.52', (spec) => spec.TaskTemplate.Resources?.SwapBytes],
    ['Resources.MemorySwappiness', '1.52', (spec) => spec.TaskTemplate.Resources?.MemorySwappiness],
  ]

type Mounts = NonNullable<ServiceSpec['TaskTemplate']['ContainerSpec']['Mounts']>

const container = (spec: ServiceSpec) => spec.TaskTemplate.ContainerSpec
const mount = (spec: ServiceSpec, field: (mount: Mounts[number]) => unknown) =>
  container(spec).Mounts?.some((item) => field(item) !== undefined) || undefined

/**
 * The fields that the spec uses and this API version does not know, each with the first version that knows it.
 */
export const droppedFields = (
  spec: ServiceSpec,
  apiVersion: ApiVersion,
): { field: string; since: ApiVersion }[] =>
  SINCE.filter(([, since, used]) => used(spec) !== undefined && !isAtLeast(apiVersion, since)).map(
    ([field, since]) => ({ field, since }),
  )
