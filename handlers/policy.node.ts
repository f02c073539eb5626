import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Policy } from '../src/spawner/policy/policy.ts'
import type { Environment } from './env.ts'
import { readPolicy } from './policy-settings.ts'

/** The policy that the environment names, which may be in a file of JSON or YAML. Throws EnvError. */
export const readNodePolicy = (env: Environment): Policy =>
  readPolicy(env, (path) => {
    const text = readFileSync(path, 'utf8')
    return path.endsWith('.json') ? JSON.parse(text) : parse(text)
  })
