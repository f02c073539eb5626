import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeTransport } from '../../src/docker/transport.node.ts'
import type { EmbeddedOptions } from '../../src/embedded/embedded-options.ts'
import { createEmbeddedEngine } from '../../src/embedded/engine.ts'
import { listenEmbedded } from '../../src/embedded/listen.node.ts'
import { createSpawner } from '../../src/spawner/spawner.ts'
import { createWorld, type World } from './world.ts'

/** The embedded engine on a unix socket, so that the same client talks to it as to a real one; faster where told so. */
export const openEmbeddedWorld = async (options: EmbeddedOptions = {}): Promise<World> => {
  const directory = await mkdtemp(join(tmpdir(), 'swarmspawner-'))
  const socketPath = join(directory, 'engine.sock')
  const listening = await listenEmbedded(createEmbeddedEngine(options), `unix://${socketPath}`)
  const transport = nodeTransport({ host: listening.dockerHost })
  return createWorld({
    name: 'embedded',
    spawner: createSpawner(transport),
    socketPath,
    close: async () => {
      await transport.close()
      await listening.close()
      await rm(directory, { recursive: true })
    },
  })
}
