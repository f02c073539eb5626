import { readFileSync } from 'node:fs'
import type { ProcessEnv } from '../src/docker/process-env.ts'
import { createNodeSpawner, type NodeSettings } from '../src/spawner/spawner.node.ts'
import type { Spawner } from '../src/spawner/spawner.ts'
import { readDigestTtl } from './settings/digest-settings.ts'
import { readNodePolicy } from './settings/policy.node.ts'
import { readPullPatience } from './settings/pull-settings.ts'
import { readRegistryLogins } from './settings/registry-settings.ts'

/** Makes a spawner from the service's environment, with its policy. Throws EnvError or DockerConfigError. */
export const spawnerFromEnv = async (
  env: ProcessEnv,
  more: Pick<NodeSettings, 'watch' | 'audit'> = {},
): Promise<Spawner> =>
  createNodeSpawner(env, {
    ...more,
    policy: await readNodePolicy(env),
    pullPatienceMs: readPullPatience(env),
    logins: readRegistryLogins(env, (path) => readFileSync(path, 'utf8')),
    digestTtlMs: readDigestTtl(env),
  })
