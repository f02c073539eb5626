import { createNodeSpawner } from '../src/spawner/spawner.node.ts'
import type { Spawner } from '../src/spawner/spawner.ts'
import type { Environment } from './settings/environment.ts'
import { readNodePolicy } from './settings/policy.node.ts'
import { readPullPatience } from './settings/pull-settings.ts'

/** Makes the spawner that the environment of the service describes, with its policy. Throws EnvError or DockerConfigError. */
export const spawnerFromEnv = async (env: Environment): Promise<Spawner> =>
  createNodeSpawner(env, {
    policy: await readNodePolicy(env),
    pullPatienceMs: readPullPatience(env),
  })
