import * as v from 'valibot'
import { askEngine } from '../../lab/engine/call-engine.ts'
import { createOverlayNetwork } from '../../lab/engine/create-overlay-network.ts'
import { type EngineOptions, initSwarm, type RealEngine } from '../../lab/engine/engine-lab.ts'
import { importBusybox } from '../../lab/engine/import-busybox.ts'
import { joinSwarm } from '../../lab/engine/join-swarm.ts'
import { layCable } from '../../lab/engine/lay-cable.ts'

/** What every server of the hub of docs/gpus.md gets, as its class sends it: a server that reserves no GPU sees none. */
export const GPU_START = {
  config: { service_image: 'lab/notebook:1' },
  env: { NVIDIA_VISIBLE_DEVICES: 'void', DOCKER_RESOURCE_GPU: 'void' },
}

/** The profile of docs/gpus.md, as a hub sends it. */
export const gpuProfile = (gpu = 1, kind = 'gpu') => ({
  slug: 'gpu',
  override: { generic_resources: { [kind]: gpu } },
})

type Start = (options: EngineOptions) => Promise<RealEngine>

/** Starts a manager and a worker in one swarm, each with these GPUs (`gpu=GPU-a`, or `gpu=1` for a number of them). */
export const openGpuNodes = async (
  start: Start,
  { version, gpus }: { version: EngineOptions['version']; gpus: readonly [string, string] },
): Promise<[manager: RealEngine, worker: RealEngine]> => {
  const node = (nth: 0 | 1): EngineOptions => ({
    version,
    swarm: false,
    hostname: `gpu-node-${nth + 1}`,
    address: `192.0.2.${nth + 30}`,
    args: ['--node-generic-resource', gpus[nth]],
  })
  const [manager, worker] = [await start(node(0)), await start(node(1))]
  for (const engine of [manager, worker])
    await importBusybox(engine, 'lab/notebook:1', ['sleep', '600'])
  await layCable(manager, worker)
  await initSwarm(manager)
  await joinSwarm(worker, manager, 'Worker')
  await createOverlayNetwork(manager, 'jupyterhub')
  return [manager, worker]
}

const Containers = v.array(v.object({ Id: v.string() }))
const Container = v.object({ Config: v.object({ Env: v.array(v.string()) }) })

/**
 * What the containers of an Engine are told of their GPUs, in the order of their variables. For NVIDIA's runtime, the last value of a
 * variable counts.
 */
export const gpusSeenIn = async ({ socketPath }: RealEngine): Promise<string[][]> => {
  const get = (path: string) => askEngine(socketPath, { method: 'GET', path })
  const containers = v.parse(Containers, await get('/containers/json'))
  const inspected = containers.map(({ Id }) => get(`/containers/${Id}/json`))
  return (await Promise.all(inspected)).map((container) =>
    v
      .parse(Container, container)
      .Config.Env.filter((one) => /^(DOCKER_RESOURCE_|NVIDIA_VISIBLE_DEVICES=)/.test(one)),
  )
}
