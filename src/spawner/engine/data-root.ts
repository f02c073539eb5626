import type { Docker } from '../../docker/docker.ts'
import type { ServiceSpec } from '../../docker/service-spec.ts'
import { info } from '../../docker/system.ts'

/** Says where the Engine keeps its own data, for a spec that may mount paths of nodes; other specs cost no call. */
export type DataRoot = (spec: ServiceSpec, signal?: AbortSignal) => Promise<string | undefined>

/** Engines move their data only while they are stopped; another one of several managers may have it elsewhere. */
const KEPT_MS = 60_000

/** Makes a DataRoot, which asks the Engine once a minute at most; starts of a moment share their question. */
export const createDataRoot = (docker: Docker, now: () => number): DataRoot => {
  let last: { at: number; answer: Promise<string | undefined> } | undefined
  const ask = () => {
    const asked = { at: now(), answer: info(docker).then(({ DockerRootDir }) => DockerRootDir) }
    last = asked
    // After a failure the next start asks again.
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
