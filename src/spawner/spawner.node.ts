import { readDockerConfig } from '../docker/docker-config.node.ts'
import { engineAddresses } from '../docker/engine-address.node.ts'
import { failover } from '../docker/failover.ts'
import { findOwnContainer } from '../docker/own-container.node.ts'
import type { ProcessEnv } from '../docker/process-env.ts'
import { registryAuth } from '../docker/registry-auth.node.ts'
import { nodeTransport } from '../docker/transport.node.ts'
import { createSpawner, type Spawner } from './spawner.ts'

/**
 * Makes a spawner from the docker CLI's environment variables: the Engine's address, TLS files, registry
 * credentials.
 */
export const createNodeSpawner = (
  env: ProcessEnv,
  settings: Partial<Pick<Spawner, 'policy' | 'pullPatienceMs' | 'lookPatienceMs'>> = {},
): Spawner => {
  const [first, ...others] = engineAddresses(env).addresses
  const transport = failover([nodeTransport(first), ...others.map(nodeTransport)])
  return createSpawner(transport, {
    // The file is read again at each start, so that a new `docker login` or a new secret is used at once.
    registryAuth: (image) => registryAuth(readDockerConfig(env), image),
    ownContainer: findOwnContainer(),
    ...settings,
  })
}
