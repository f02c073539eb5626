import { join } from 'node:path'
import type { RealEngine } from '../../lab/engine/engine-lab.ts'
import type { HubImages } from '../../lab/hub/hub-images.ts'
import { type Hub, startHub } from '../../lab/hub/start-hub.ts'
import { type CountedSocket, countCallsAt } from './counted-socket.ts'
import { type HubClient, hubClient } from './hub-client.ts'
import { configOf, type Field, type SpawnerName } from './spawners.ts'

/** A spawner class in its own hub, beside the others' hubs, with a Docker socket that counts calls. */
export type Contender = {
  name: SpawnerName
  hub: Hub
  client: HubClient
  socket: CountedSocket
  stop(): Promise<void>
}

type Stage = { engine: RealEngine; images: HubImages; volumes: Field['volumes'] }

/** Starts the hub of a spawner class. Only our hub gets no Docker socket; the service beside it gets one. */
export const startContender = async (
  name: SpawnerName,
  { engine, images, volumes }: Stage,
): Promise<Contender> => {
  const path = join(engine.namespace.scratch, `${name}.sock`)
  const socket = await countCallsAt(path, engine.socketPath)
  const isOurs = name === 'swarmspawner'
  const hub = await startHub({
    // Each hub has a service beside it. Where another class spawns, what that service asks is not the class's.
    engine: isOurs ? { ...engine, socketPath: socket.path } : engine,
    images,
    port: 0,
    stack: name,
    extraConfig: configOf(name),
    hubVolumes: isOurs ? [] : [`${socket.path}:/var/run/docker.sock`, ...volumes],
  })
  const stop = async () => {
    await hub.stop()
    socket.close()
  }
  return { name, hub, client: await hubClient(hub), socket, stop }
}
