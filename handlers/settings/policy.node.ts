import { readFileSync } from 'node:fs'
import type { ProcessEnv } from '../../src/docker/process-env.ts'
import type { Policy } from '../../src/spawner/policy/policy.ts'
import { readPolicy } from './policy-settings.ts'
import { readHubNames } from './service-settings.ts'

/** The policy that the environment names. It may be in a file of JSON or YAML. Throws EnvError. */
export const readNodePolicy = async (env: ProcessEnv): Promise<Policy> => {
  const parse = await parserOf(env['SWARMSPAWNER_POLICY']?.trim() ?? '')
  return readPolicy(env, (path) => parse(readFile(path)), readHubNames(env, readFile))
}

const readFile = (path: string): string => readFileSync(path, 'utf8')

const parserOf = async (setting: string): Promise<(text: string) => unknown> =>
  /^($|\{)|\.json$/.test(setting) ? JSON.parse : (await import('./yaml.node.ts')).parseYaml
