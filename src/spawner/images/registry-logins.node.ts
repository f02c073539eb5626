import { DockerConfigError, readDockerConfig } from '../../docker/docker-config.node.ts'
import type { ProcessEnv } from '../../docker/process-env.ts'
import { registryAuth } from '../../docker/registry-auth.node.ts'
import { RegistryAuthError } from '../../docker/registry-auth.ts'
import type { Spawner } from '../spawner.ts'
import { authFrom, firstAuth, type LoginSource } from './registry-logins.ts'

/**
 * Finds the `X-Registry-Auth` header of an image: in the setting, if there is one, and then where the docker CLI does. Both
 * are read again each time, so that a new `docker login` or a new secret is used at once.
 */
export const nodeRegistryAuth = (
  env: ProcessEnv,
  setting?: LoginSource | undefined,
): Spawner['registryAuth'] => firstAuth([...(setting ? [authFrom(setting)] : []), ofDockerCli(env)])

const ofDockerCli =
  (env: ProcessEnv): Spawner['registryAuth'] =>
  async (image) => {
    try {
      return await registryAuth(readDockerConfig(env), image)
    } catch (error) {
      if (error instanceof DockerConfigError) throw new RegistryAuthError(error.message)
      throw error
    }
  }
