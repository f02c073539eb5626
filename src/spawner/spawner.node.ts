import { engineAddresses } from '../docker/engine-address.node.ts'
import { failover } from '../docker/failover.ts'
import { findOwnContainer } from '../docker/own-container.node.ts'
import type { ProcessEnv } from '../docker/process-env.ts'
import { nodeTransport } from '../docker/transport.node.ts'
import type { EngineTransport } from '../docker/transport.ts'
import { nodeRegistryAuth } from './images/registry-logins.node.ts'
import type { LoginSource } from './images/registry-logins.ts'
import { createSpawner, type Spawner, type SpawnerSettings } from './spawner.ts'

/** `watch` wraps the transport to the Engine. */
export type NodeSettings = Omit<SpawnerSettings, 'registryAuth' | 'ownContainer' | 'now'> & {
  logins?: LoginSource | undefined
  watch?: (transport: EngineTransport) => EngineTransport
}

/**
 * Makes a spawner from the docker CLI's environment variables: the Engine's address, TLS files, registry
 * credentials. With `logins`, the credentials there win over those of the docker CLI.
 */
export const createNodeSpawner = (
  env: ProcessEnv,
  { logins, watch = (transport) => transport, ...settings }: NodeSettings = {},
): Spawner => {
  const [first, ...others] = engineAddresses(env).addresses
  const transport = failover([nodeTransport(first), ...others.map(nodeTransport)])
  return createSpawner(watch(transport), {
    registryAuth: nodeRegistryAuth(env, logins),
    ownContainer: findOwnContainer(),
    ...settings,
  })
}
