import { connectDocker } from '../src/docker/docker.ts'
import { DockerConfigError } from '../src/docker/docker-config.node.ts'
import { engineAddresses } from '../src/docker/engine-address.node.ts'
import { isDockerError } from '../src/docker/errors.ts'
import type { ProcessEnv } from '../src/docker/process-env.ts'
import { requireManager } from '../src/docker/require-manager.ts'
import { nodeTransport } from '../src/docker/transport.node.ts'
import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import { createSpawner, type Spawner } from '../src/spawner/spawner.ts'
import { commandAudit } from './command-audit.ts'

/** The Engine of the demo: one line about it, and whether it really runs containers. */
export type DemoEngine = { spawner: Spawner; isReal: boolean; sentence: string }

/**
 * Uses the docker CLI's Engine if it manages a swarm. Otherwise it uses the embedded one, and its sentence says
 * why.
 */
export const demoEngine = async (env: ProcessEnv): Promise<DemoEngine> => {
  try {
    const { addresses, from } = engineAddresses(env)
    const [address] = addresses
    const transport = nodeTransport(address)
    await requireManager(connectDocker(transport), { timeoutMs: 5000 }).finally(transport.close)
    const sentence = `Engine: ${address.host}, a Swarm manager (from ${from})`
    const audit = commandAudit(env, 'demo')
    return { spawner: createNodeSpawner(env, { audit }), isReal: true, sentence }
  } catch (error) {
    if (!isDockerError(error) && !(error instanceof DockerConfigError)) throw error
    const sentence = `Engine: the embedded one, which runs no containers. The docker CLI's Engine cannot be used: ${error.message}`
    const { createEmbeddedEngine } = await import('../src/embedded/engine.ts')
    return { spawner: createSpawner(createEmbeddedEngine().transport), isReal: false, sentence }
  }
}
