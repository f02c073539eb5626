import { connectDocker } from '../src/docker/docker.ts'
import { DockerConfigError } from '../src/docker/docker-config.node.ts'
import { engineAddresses } from '../src/docker/engine-address.node.ts'
import { isDockerError } from '../src/docker/errors.ts'
import type { ProcessEnv } from '../src/docker/process-env.ts'
import { requireManager } from '../src/docker/require-manager.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { createSpawner, type Spawner } from '../src/spawner/spawner.ts'

/** What the demo runs on: which Engine in one line, and whether it really runs containers. */
export type DemoEngine = { spawner: Spawner; isReal: boolean; sentence: string }

/** Takes the Engine that the docker CLI would take where it manages a swarm, else the embedded one, and says why. */
export const demoEngine = async (env: ProcessEnv): Promise<DemoEngine> => {
  try {
    const { addresses, from } = engineAddresses(env)
    const [address] = addresses
    const transport = nodeTransport(address)
    await requireManager(connectDocker(transport), { timeoutMs: 5000 }).finally(transport.close)
    const sentence = `Engine: ${address.host}, a Swarm manager, named by ${from}`
    return { spawner: createNodeSpawner(env), isReal: true, sentence }
  } catch (error) {
    if (!isDockerError(error) && !(error instanceof DockerConfigError)) throw error
    const sentence = `Engine: the embedded one, which runs no containers, because of this: ${error.message}`
    const { createEmbeddedEngine } = await import('../src/embedded/engine.ts')
    return { spawner: createSpawner(createEmbeddedEngine().transport), isReal: false, sentence }
  }
}
