import type { Docker } from '../../docker/docker.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import { info } from '../../docker/system.ts'

/**
 * Returns the directory of the Engine's own data, if the spec mounts paths of a node. For other specs it
 * returns undefined and asks nothing.
 */
export type DataRoot = (spec: ServiceSpec, signal?: AbortSignal) => Promise<string | undefined>

/**
 * The answer is kept for one minute. An Engine can only move its data while it is stopped, but another one of
 * several managers may have another directory.
 */
const KEPT_MS = 60_000

/** Makes a DataRoot. It asks the Engine at most once a minute. Starts at the same time share one request. */
export const createDataRoot = (docker: Docker, now: () => number): DataRoot => {
  let last: { at: number; answer: Promise<string | undefined> } | undefined
  const ask = () => {
    const asked = { at: now(), answer: info(docker).then(({ DockerRootDir }) => DockerRootDir) }
    last = asked
    // After a failure, the next start asks again.
    asked.answer.catch(() => {
      if (last === asked) last = undefined
    })
    return asked.answer
  }
  return async (spec, signal) => {
    if (!mountsPaths(spec)) return undefined
    const root = await (last && now() - last.at < KEPT_MS ? last.answer : ask())
    signal?.throwIfAborted()
    return root
  }
}

const mountsPaths = ({ TaskTemplate }: ServiceSpec): boolean =>
  (TaskTemplate.ContainerSpec.Mounts ?? []).some(
    ({ Type, VolumeOptions }) =>
      Type === 'bind' || Object.keys(VolumeOptions?.DriverConfig?.Options ?? {}).length > 0,
  )
