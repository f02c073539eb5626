import { createOverlayNetwork } from '../../lab/engine/create-overlay-network.ts'
import { type EngineVersion, type RealEngine, startEngine } from '../../lab/engine/engine-lab.ts'
import { importBusybox } from '../../lab/engine/import-busybox.ts'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { createWorld, IMAGES, type World } from './world.ts'

/** A real, throwaway Engine with the suite's images and its network. */
export type RealWorld = World & { dockerd: RealEngine }

export const openRealWorld = async (version: EngineVersion): Promise<RealWorld> => {
  const dockerd = await startEngine({ version })
  for (const [image, command] of Object.entries(IMAGES))
    await importBusybox(dockerd, image, command)
  await createOverlayNetwork(dockerd, 'jupyterhub')
  const transport = nodeTransport({ host: dockerd.dockerHost })
  const world = await createWorld({
    name: `Engine ${version}`,
    spawner: createSpawner(transport),
    socketPath: dockerd.socketPath,
    close: async () => {
      await transport.close()
      await dockerd.stop()
    },
  })
  return { ...world, dockerd }
}
